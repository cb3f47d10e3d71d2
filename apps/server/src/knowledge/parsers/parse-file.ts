import type { ParsedDocument } from "./block.ts";
import { type FileKind, kindOf } from "./file-kinds.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdown } from "./markdown.ts";
import { parseText } from "./text.ts";

const PARSERS: Readonly<Record<FileKind, (source: string) => ParsedDocument>> = {
  markdown: (source) => parseMarkdown(source, { mdx: false }),
  mdx: (source) => parseMarkdown(source, { mdx: true }),
  html: parseHtml,
  text: parseText,
};

/** Reads a document by the ending of its name. */
export function parseFile(file: string, source: string): ParsedDocument {
  const kind = kindOf(file);
  if (!kind) throw new Error(`No parser for ${file}`);
  return PARSERS[kind](source.replace(/\r\n?/g, "\n"));
}
