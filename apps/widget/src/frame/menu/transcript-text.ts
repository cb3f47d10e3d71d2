import { say, sayFailure } from "../kit.ts";
import type { Chat } from "../state/chat.ts";

/** The whole conversation on screen as Markdown, earlier pages included. */
export async function transcriptText(chat: Chat): Promise<string> {
  for (let cursor = chat.earlier.value; cursor; cursor = chat.earlier.value) {
    await chat.loadEarlier();
    if (chat.earlier.value === cursor) throw new Error("The transcript could not be read.");
  }
  return chat.turns.value
    .map(({ value: { question, answer, contexts, failure } }) => {
      const sources = contexts.map(({ title, source, url }, index) =>
        [`[${index + 1}]`, title ?? source, url].filter(Boolean).join(" "),
      );
      const parts = [
        `**${say("you")}:** ${question}`,
        answer || (failure && sayFailure(failure)),
        sources.join("\n"),
      ];
      return parts.filter(Boolean).join("\n\n");
    })
    .join("\n\n---\n\n");
}
