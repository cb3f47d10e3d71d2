import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startScriptedModel } from "../apps/server/src/models/testing/scripted-server.ts";
import { makeDataDir, runCommand, startPackagedServer } from "./support/packaged-server.ts";

interface Answer {
  readonly success: boolean;
  readonly message: string;
  readonly data: {
    readonly text: string;
    readonly conversation_id: number | null;
    readonly contexts?: readonly { readonly source: string | null }[];
  };
}

describe("packaged server", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await makeDataDir();
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  async function ask(url: string, body: object): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  }

  it("answers from the shipped documents, with sources, offline and without any setting", async () => {
    await using server = await startPackagedServer({ args: ["--demo"], dataDir });
    await server.line(/Documents: \d+ read/);
    const answer = await ask(server.url, { text: "How do I embed the widget?" });
    expect(answer.success).toBe(true);
    expect(answer.data.text).toContain("/widget/v1/aura.js");
    expect(answer.data.contexts?.[0]?.source).toBe("embed-the-widget.md");
  });

  it("says what to configure when it has no documents", async () => {
    await using server = await startPackagedServer({ dataDir });
    const answer = await ask(server.url, { text: "How do I embed the widget?" });
    expect(answer).toMatchObject({ success: true, data: { contexts: [] } });
    expect(answer.data.text).toContain("--knowledge");
  });

  it("goes on with a conversation after kill -9 and a restart", async () => {
    const first = await startPackagedServer({ dataDir });
    const begun = await ask(first.url, { text: "One" });
    await first.kill();
    await using second = await startPackagedServer({ dataDir });
    const next = await ask(second.url, {
      text: "Two",
      conversation_id: begun.data.conversation_id,
    });
    expect(next).toMatchObject({
      success: true,
      data: { conversation_id: begun.data.conversation_id },
    });
  });

  it("logs that a model failed, and nothing that the visitor wrote, whatever the provider quotes", async () => {
    await using model = await startScriptedModel({
      reply: () => ({ status: 400, body: '{"error":{"message":"bad prompt: my secretword"}}' }),
    });
    const env = { ORCHA_MODELS: "openai-compatible/x", ORCHA_MODEL_BASE_URL: model.url };
    await using server = await startPackagedServer({ dataDir, env });
    const answer = await ask(server.url, { text: "my secretword" });
    expect(answer.success).toBe(false);
    expect(await server.line(/A model call failed/)).toContain("Status 400");
    await server.stop();
    expect(server.output.join("\n")).not.toContain("secretword");
  });

  it("ends with status 0 on SIGTERM", async () => {
    const server = await startPackagedServer({ dataDir });
    expect(await server.stop()).toBe(0);
  });

  it("refuses to start without the default user's row, and starts after the command it names", async () => {
    const env = { ORCHA_DATA_DIR: dataDir, PORT: "0" };
    await (await startPackagedServer({ dataDir })).stop();
    const other = { ...env, DEFAULT_WIDGET_USER_ID: "42" };
    const refused = await runCommand(["serve"], other);
    expect(refused.status).toBe(1);
    expect(refused.output.split("\n")).toHaveLength(1);
    const [, command = ""] = /orcha (user add .*)$/.exec(refused.output) ?? [];
    const added = await runCommand(command.split(" "), env);
    expect(added).toMatchObject({
      status: 0,
      output: expect.stringContaining("User 42 was added"),
    });
    await using server = await startPackagedServer({ dataDir, env: other });
    expect((await ask(server.url, { text: "Hi" })).success).toBe(true);
  });

  it("refuses a misspelt flag and a folder that does not exist, each in one line", async () => {
    const env = { ORCHA_DATA_DIR: dataDir, PORT: "0" };
    const flag = await runCommand(["serve", "--knowlege", "docs"], env);
    expect(flag).toMatchObject({ status: 1, output: expect.stringContaining("--knowledge") });
    const folder = await runCommand(["serve", "--knowledge", join(dataDir, "nothing")], env);
    expect(folder).toMatchObject({ status: 1, output: expect.stringMatching(/does not exist\.$/) });
  });

  it("reports every setting that is wrong at once, a line each", async () => {
    const { status, output } = await runCommand(["serve"], {
      PORT: "x",
      ORCHA_TYPO: "1",
      ORCHA_MODELS: "openai/gpt-5-mini",
    });
    expect(status).toBe(1);
    expect(output).toMatch(/ORCHA_TYPO is not a setting/);
    expect(output).toMatch(/PORT must be a whole number/);
    expect(output).toMatch(/OPENAI_API_KEY/);
    expect(output).not.toMatch(/ {4}at /);
  });
});
