import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

describe("loadConfig", () => {
  it("needs no setting at all", () => {
    const config = loadConfig({});
    expect(config.PORT).toBe(8000);
    expect(config.DEFAULT_WIDGET_TENANT_ID).toBe("external_widget");
    expect(config.DEFAULT_WIDGET_USER_ID).toBe(1);
    expect(config.ORCHA_MODELS).toEqual([]);
    expect(config.DATABASE_URL).toBeUndefined();
  });

  it("reports every problem at once", () => {
    const problems = problemsOf({ PORT: "high", ORCHA_LOG_LEVEL: "loud", ORCHA_PROT: "1" });
    expect(problems).toHaveLength(3);
    expect(problems.join("\n")).toMatch(/ORCHA_PROT is not a setting/);
    expect(problems.join("\n")).toMatch(/PORT must be a whole number \(it is "high"\)/);
  });

  it("never prints a secret, neither as a value nor in a problem", () => {
    const config = loadConfig({ OPENAI_API_KEY: "sk-hidden" });
    expect(config.OPENAI_API_KEY?.reveal()).toBe("sk-hidden");
    expect(`${config.OPENAI_API_KEY} ${JSON.stringify(config)} ${inspect(config)}`).not.toContain(
      "sk-hidden",
    );
  });

  it("reads a secret from the file that NAME_FILE names", () => {
    const file = join(mkdtempSync(join(tmpdir(), "orcha-secret-")), "key");
    writeFileSync(file, "sk-from-file\n");
    expect(loadConfig({ OPENAI_API_KEY_FILE: file }).OPENAI_API_KEY?.reveal()).toBe("sk-from-file");
    expect(problemsOf({ OPENAI_API_KEY_FILE: `${file}.gone` })[0]).toContain("cannot be read");
  });

  it("takes an empty variable as absent", () => {
    expect(loadConfig({ PORT: "", ORCHA_PUBLIC_URL: " " }).PORT).toBe(8000);
  });
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
