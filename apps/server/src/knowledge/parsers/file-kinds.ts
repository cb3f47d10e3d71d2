import { extname } from "node:path";

/** Counted up whenever a parser, the chunks or the terms change, so that every document is indexed again. */
export const PARSER_VERSION = 1;

/** Which parser reads a file; here without the parsers, which only the ingesting thread loads. */
export type FileKind = "markdown" | "mdx" | "html" | "text";

const KINDS: Readonly<Record<string, FileKind>> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".mdx": "mdx",
  ".html": "html",
  ".htm": "html",
  ".txt": "text",
  ".text": "text",
  ".rst": "text",
};

/** By the ending of its name; undefined for a file that cannot be indexed. */
export function kindOf(file: string): FileKind | undefined {
  const ending = extname(file).toLowerCase();
  return Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined;
}
