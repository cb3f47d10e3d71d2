import type { ChatModelRequest, PromptMessage } from "./ports.ts";

/** Bytes of UTF-8 per token: too low for English (about 4), so that the estimate errs on the safe side. */
const BYTES_PER_TOKEN = 3;

/** Estimates how many tokens a text costs. Providers count for themselves; this serves where they have not yet. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Estimates how many tokens a model reads before it answers. */
export function estimatePrompt({ system, messages }: ChatModelRequest): number {
  return messages.reduce(
    (sum, message) => sum + estimateTokens(message.text),
    estimateTokens(system),
  );
}

/** The newest messages that fit the budget, oldest first, beginning with one of the visitor's. */
export function fitHistory(
  history: readonly PromptMessage[],
  maxTokens: number,
): readonly PromptMessage[] {
  let left = maxTokens;
  let start = history.length;
  for (let index = history.length - 1; index >= 0; index--) {
    left -= estimateTokens(history[index]?.text ?? "");
    if (left < 0) break;
    if (history[index]?.role === "visitor") start = index;
  }
  return history.slice(start);
}
