import { blocksOf } from "../retrieval/passage-blocks.ts";
import type { Quote } from "./extractive-quotes.ts";

/** The quote with its citation mark: behind its last words or, where it ends in code or a table, behind those that announce it. */
export function withCitation({ context, text }: Quote): string {
  const mark = `[${context + 1}]`;
  const blocks = blocksOf(text);
  // A fence or a table row must stay alone on its line.
  const last = blocks.findLast(({ kind }) => kind === "paragraph" || kind === "list");
  if (!last) return `${text}\n\n${mark}`;
  return `${text.slice(0, last.end)} ${mark}${text.slice(last.end)}`;
}
