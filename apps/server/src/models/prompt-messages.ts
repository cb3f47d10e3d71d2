import type { PromptMessage } from "../turns/ports.ts";

/**
 * The messages as every provider takes them: none is blank, visitor and assistant alternate, the visitor comes first.
 * An answer that was stopped before its first word would otherwise make each later turn of its conversation fail.
 */
export function alternatingMessages(messages: readonly PromptMessage[]): PromptMessage[] {
  const alternating: PromptMessage[] = [];
  for (const message of messages) {
    if (message.text.trim() === "") continue;
    const last = alternating.at(-1);
    if (last === undefined && message.role === "assistant") continue;
    if (last?.role === message.role) {
      alternating[alternating.length - 1] = {
        role: last.role,
        text: `${last.text}\n\n${message.text}`,
      };
    } else {
      alternating.push(message);
    }
  }
  return alternating;
}
