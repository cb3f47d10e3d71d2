/** A piece of a document, whatever format it had. Its text is one line, except for code. */
export type Block =
  | {
      readonly kind: "heading";
      readonly level: number;
      readonly anchor: string;
      readonly text: string;
    }
  | { readonly kind: "paragraph"; readonly text: string }
  | {
      readonly kind: "list-item";
      readonly depth: number;
      readonly marker: string;
      readonly text: string;
    }
  | { readonly kind: "table-row"; readonly cells: readonly string[]; readonly first: boolean }
  | { readonly kind: "code"; readonly language: string; readonly text: string };

/** What every parser gives. */
export interface ParsedDocument {
  /** As the document itself tells it; undefined when it does not. */
  readonly title: string | undefined;
  readonly blocks: readonly Block[];
}

/** One line: what a browser shows of text whose line breaks mean nothing. */
export function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The first heading of level 1. */
export function firstHeading(blocks: readonly Block[]): string | undefined {
  for (const block of blocks) {
    if (block.kind === "heading" && block.level === 1) return block.text.replaceAll("`", "");
  }
  return undefined;
}
