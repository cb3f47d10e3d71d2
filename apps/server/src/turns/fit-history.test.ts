import { describe, expect, it } from "vitest";
import { estimateTokens, fitHistory } from "./fit-history.ts";
import type { PromptMessage } from "./ports.ts";

const visitor = (text: string): PromptMessage => ({ role: "visitor", text });
const assistant = (text: string): PromptMessage => ({ role: "assistant", text });

describe("history in the prompt", () => {
  it("keeps everything that fits", () => {
    const history = [visitor("one"), assistant("two"), visitor("three"), assistant("four")];
    expect(fitHistory(history, 100)).toEqual(history);
  });

  it("drops the oldest first and never begins with an answer", () => {
    const history = [visitor("a".repeat(30)), assistant("bbb"), visitor("ccc"), assistant("ddd")];
    expect(fitHistory(history, 3)).toEqual(history.slice(2));
    expect(fitHistory(history, 1)).toEqual([]);
  });

  it("counts characters by what they weigh in UTF-8", () => {
    expect(estimateTokens("日本語")).toBe(3);
    expect(estimateTokens("")).toBe(0);
  });
});
