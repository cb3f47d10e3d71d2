import { type Block, readBlocks } from "./blocks.ts";
import type { SourceTitles } from "./citation.ts";
import type { Reading } from "./cursor.ts";
import { morphChildren } from "./morph.ts";

/** Draws a growing Markdown text. */
export interface MarkdownView {
  /** Shows the whole `text`; what did not change stays untouched. */
  show(text: string, complete: boolean): void;
}

/** Draws into `root`. No string ever becomes HTML: what is read becomes nodes from a closed list of elements. */
export function createMarkdownView(
  root: Node,
  titles: SourceTitles,
  colour?: Reading["colour"],
): MarkdownView {
  let blocks: readonly Block[] = [];
  return {
    show(text, complete) {
      const lines = text.replaceAll("\r", "").replaceAll("\t", "    ").split("\n");
      const reading = { titles, isGrowing: !complete, colour };
      const known = blocks;
      blocks = readBlocks(lines, reading, 0, (index, source) => {
        const block = known[index];
        // The last one was read while it grew.
        return index < known.length - 1 && block?.source === source ? block.node : undefined;
      });
      morphChildren(
        root,
        blocks.map(({ node }) => node),
      );
      // A morphed block lives on in its old node.
      const nodes = [...root.childNodes];
      blocks = blocks.map((block, index) => ({ ...block, node: nodes[index] ?? block.node }));
    },
  };
}
