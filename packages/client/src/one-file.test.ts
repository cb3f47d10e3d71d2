import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { json, startServer } from "./testing/scripted-server.ts";

const ANSWER = { text: "Hello.", conversation_id: 12, contexts: [] };

describe("the one-file build", () => {
  it("imports nothing and works against a real server", async () => {
    const { outputFiles } = await build({
      entryPoints: [new URL("index.ts", import.meta.url).pathname],
      bundle: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(code).not.toMatch(/^\s*import\b|\bimport\(/m);

    const { apiBaseUrl } = await startServer(
      json(200, { success: true, message: "", data: ANSWER }),
    );
    const built = await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
    );
    expect(await built.sendOrchaMessage({ text: "Hi", apiBaseUrl })).toEqual(ANSWER);
  });

  it("gives a page that only sends messages nothing of what it does not use", async () => {
    const contents = 'export { streamOrchaMessage } from "./index.ts";';
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: new URL(".", import.meta.url).pathname, loader: "ts" },
      bundle: true,
      format: "esm",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(code).toContain("function streamOrchaMessage");
    const unused =
      /listConversations|renameConversation|conversationOf|deleteConversation|eraseAt|eraseMyData|exportMyData|sendFeedback/;
    expect(code).not.toMatch(unused);
  });
});
