import { say } from "../i18n/words.ts";

/** What a screen reader is told next of a growing answer, and how far that reaches. */
export interface Speech {
  readonly text: string;
  readonly to: number;
}

/** The whole sentences of `answer` after `from`; everything that is left once the answer is complete. */
export function nextSpeech(answer: string, from: number, complete: boolean): Speech {
  const rest = answer.slice(from);
  const length = complete ? rest.length : endOfSentences(rest);
  return { text: spoken(rest.slice(0, length)), to: from + length };
}

/** Where the last whole sentence or line ends; never inside a code block. */
function endOfSentences(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?…。！？؟][)"'”’*_\]]{0,3}\s|\n/g)) {
    end = match.index + match[0].length;
  }
  const fences = text.slice(0, end).split("```");
  if (fences.length % 2 === 1) return end;
  return end - 3 - (fences.at(-1)?.length ?? 0);
}

/** Markdown as one would read it aloud. Every pattern stops at its own opening character, so none is slow on hostile text. */
function spoken(markdown: string): string {
  return markdown
    .split("```")
    .map((piece, index) => (index % 2 === 1 ? ` ${say("codeSpoken")} ` : piece))
    .join("")
    .replace(/!?\[([^[\]]*)\]\([^()\s]*\)/g, "$1")
    .replace(/\[[\d, ]{1,12}\]/g, "")
    .replace(/^[ \t]*(?:[#>]{1,6}|[-*+]|\d{1,3}\.)[ \t]/gm, "")
    .replace(/^[|: -]+$/gm, "")
    .replace(/[*`~|]|(?<!\w)_|_(?!\w)/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ (?=[.,;:!?])/g, "")
    .trim();
}
