import { describe, expect, it } from "vitest";
import { parseModels } from "./model-specs.ts";

describe("ORCHA_MODELS", () => {
  it("is completed with the providers' addresses and keys, in order", () => {
    const { specs, problems } = parseModels(
      ["anthropic/claude-sonnet-4-5", "openai/gpt-5-mini", "google/gemini-2.5-flash", "extractive"],
      { anthropicApiKey: "a", openaiApiKey: "o", googleApiKey: "g" },
    );
    expect(problems).toEqual([]);
    expect(specs).toEqual([
      {
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        baseUrl: "https://api.anthropic.com/v1",
        apiKey: "a",
      },
      {
        provider: "openai",
        model: "gpt-5-mini",
        baseUrl: "https://api.openai.com/v1",
        apiKey: "o",
      },
      {
        provider: "google",
        model: "gemini-2.5-flash",
        baseUrl: "https://generativelanguage.googleapis.com/v1beta",
        apiKey: "g",
      },
      { provider: "extractive" },
    ]);
  });

  it("may name models with slashes and colons, on a server that wants no key", () => {
    const { specs, problems } = parseModels(["openai-compatible/meta-llama/llama-3:8b"], {
      compatibleBaseUrl: "http://localhost:11434/v1",
    });
    expect(problems).toEqual([]);
    expect(specs).toEqual([
      {
        provider: "openai-compatible",
        model: "meta-llama/llama-3:8b",
        baseUrl: "http://localhost:11434/v1",
        apiKey: undefined,
      },
    ]);
  });

  it("may be empty", () => {
    expect(parseModels([], {})).toEqual({ specs: [], problems: [] });
  });

  it("reports every missing key and address at once, each by the name of its variable", () => {
    const { problems } = parseModels(
      ["openai/a", "openai/b", "anthropic/c", "google/d", "openai-compatible/e"],
      {},
    );
    expect(problems).toEqual([
      "ORCHA_MODELS uses openai/…, which needs OPENAI_API_KEY.",
      "ORCHA_MODELS uses anthropic/…, which needs ANTHROPIC_API_KEY.",
      "ORCHA_MODELS uses google/…, which needs GOOGLE_GENERATIVE_AI_API_KEY.",
      "ORCHA_MODELS uses openai-compatible/…, which needs ORCHA_MODEL_BASE_URL.",
    ]);
  });

  it.each(["gpt-5", "mistral/large", "openai/", "/gpt", "toString/x"])("refuses %s", (entry) => {
    const { specs, problems } = parseModels([entry], { openaiApiKey: "o" });
    expect(specs).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`ORCHA_MODELS names "${entry}"`);
    expect(problems[0]).toContain("openai-compatible/<model>");
  });

  it.each(["localhost:11434/v1", "ftp://host/v1", "not an address"])(
    "refuses the address %s",
    (compatibleBaseUrl) => {
      const { problems } = parseModels(["openai-compatible/m"], { compatibleBaseUrl });
      expect(problems).toEqual([
        "ORCHA_MODEL_BASE_URL must be an http or https address, up to and with /v1.",
      ]);
    },
  );
});
