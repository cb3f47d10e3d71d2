/** U+0000 and lone surrogates become U+FFFD: PostgreSQL refuses the first, UTF-8 cannot say the second. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\uFFFD") : wellFormed;
}

/** Cleans a text that arrives in pieces; no piece it returns ends inside a surrogate pair. */
export class CleanTextStream {
  #held = "";

  push(piece: string): string {
    const text = this.#held + piece;
    const last = text.charCodeAt(text.length - 1);
    const splits = last >= 0xd800 && last <= 0xdbff;
    this.#held = splits ? text.slice(-1) : "";
    return cleanText(splits ? text.slice(0, -1) : text);
  }

  /** What was held back at the end. */
  flush(): string {
    const rest = cleanText(this.#held);
    this.#held = "";
    return rest;
  }
}
