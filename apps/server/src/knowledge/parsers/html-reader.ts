import { type Block, collapse } from "./block.ts";
import type { DomNode } from "./dom.ts";
import { DROPPED, DROPPED_ROLES, INLINE, LAYOUT } from "./html-elements.ts";

const ELEMENT = 1;
const TEXT = 3;

/** Reads the blocks below a node. It walks without recursion, for pages may be nested deeper than the stack. */
export class HtmlReader {
  readonly #blocks: Block[] = [];
  readonly #insideMain: boolean;
  #line = "";
  #codeStart: number | undefined;
  #lists: { readonly ordered: boolean; next: number }[] = [];
  #item: string | undefined;
  #row: string[] | undefined;
  #rows = 0;
  #heading: { readonly level: number; anchor: string } | undefined;
  #anchor = "";

  constructor(insideMain: boolean) {
    this.#insideMain = insideMain;
  }

  read(root: DomNode): readonly Block[] {
    let node: DomNode | null = root.firstChild;
    while (node) {
      const entered: boolean = this.#enter(node);
      if (entered && node.firstChild) {
        node = node.firstChild;
        continue;
      }
      if (entered) this.#leave(node);
      while (node && !node.nextSibling) {
        node = node.parentNode === root ? null : node.parentNode;
        if (node) this.#leave(node);
      }
      node = node?.nextSibling ?? null;
    }
    this.#endLine();
    return this.#blocks;
  }

  /** Whether its children are to be read. */
  #enter(node: DomNode): boolean {
    if (node.nodeType === TEXT) {
      this.#line += (node.nodeValue ?? "").replace(/\s+/g, " ");
      return false;
    }
    if (node.nodeType !== ELEMENT || this.#isDropped(node)) return false;
    const name = node.localName ?? "";
    this.#noteAnchor(node);
    if (name === "code") this.#codeStart = this.#line.length;
    if (name === "br") this.#line += " ";
    if (INLINE.has(name) || name === "br") return true;

    if (name === "pre") {
      this.#endLine();
      this.#readCode(node);
      return false;
    }
    if (this.#row && (name === "td" || name === "th")) this.#line = "";
    else if (this.#row === undefined && this.#heading === undefined) this.#endLine();
    else this.#line += " ";

    if (name === "ul" || name === "ol") {
      const start = Number(node.getAttribute("start") ?? 1);
      this.#lists.push({ ordered: name === "ol", next: Number.isSafeInteger(start) ? start : 1 });
    } else if (name === "li") this.#beginItem();
    else if (name === "table") this.#rows = 0;
    else if (name === "tr" && !node.querySelector(LAYOUT)) this.#row = [];
    else if (/^h[1-6]$/.test(name)) this.#beginHeading(Number(name[1]), node);
    return true;
  }

  #leave(node: DomNode): void {
    const name = node.localName ?? "";
    if (name === "code") this.#endInlineCode();
    if (node.nodeType !== ELEMENT || INLINE.has(name) || name === "br") return;
    if (this.#row && (name === "td" || name === "th")) {
      this.#row.push(collapse(this.#line));
      this.#line = "";
    } else if (this.#row && name === "tr") this.#endRow(this.#row);
    else if (/^h[1-6]$/.test(name)) this.#endHeading();
    else if (this.#row === undefined && this.#heading === undefined) this.#endLine();
    else this.#line += " ";
    if (name === "ul" || name === "ol") this.#lists.pop();
    if (name === "li") this.#item = undefined;
  }

  #isDropped(node: DomNode): boolean {
    const name = node.localName ?? "";
    if (DROPPED.has(name) || node.getAttribute("hidden") !== null) return true;
    if (node.getAttribute("aria-hidden") === "true") return true;
    if (DROPPED_ROLES.has(node.getAttribute("role") ?? "")) return true;
    if (name === "header" || name === "footer") return !this.#insideMain;
    // The sign beside a heading that links to it.
    const isSign =
      this.#heading !== undefined &&
      name === "a" &&
      /^\s*[¶#§🔗]?\s*$/u.test(node.textContent ?? "");
    if (isSign) this.#noteAnchor(node);
    return isSign;
  }

  /** A heading is reached by its own id, by one inside it, or by that of the section it opens. */
  #noteAnchor(node: DomNode): void {
    const id =
      node.getAttribute("id") ?? (node.localName === "a" ? node.getAttribute("name") : null);
    if (!id) return;
    if (this.#heading && !this.#heading.anchor) this.#heading.anchor = id;
    else this.#anchor = id;
  }

  #beginHeading(level: number, node: DomNode): void {
    this.#heading = { level, anchor: node.getAttribute("id") ?? this.#anchor };
  }

  #endHeading(): void {
    const heading = this.#heading;
    this.#heading = undefined;
    const text = collapse(this.#line).replace(/\s*[¶#§]$/u, "");
    this.#line = "";
    if (heading && text) this.#blocks.push({ kind: "heading", ...heading, text });
    this.#anchor = "";
  }

  #endInlineCode(): void {
    const start = this.#codeStart;
    this.#codeStart = undefined;
    const code = start === undefined ? "" : this.#line.slice(start).trim();
    if (code && !code.includes("`")) this.#line = `${this.#line.slice(0, start)}\`${code}\``;
  }

  #beginItem(): void {
    const list = this.#lists.at(-1);
    this.#item = list?.ordered ? `${list.next++}.` : "-";
  }

  #endRow(cells: readonly string[]): void {
    this.#row = undefined;
    if (cells.some(Boolean)) {
      this.#blocks.push({ kind: "table-row", cells, first: this.#rows++ === 0 });
    }
  }

  #endLine(): void {
    const text = collapse(this.#line);
    this.#line = "";
    this.#codeStart = undefined;
    if (!text) return;
    if (this.#item === undefined) this.#blocks.push({ kind: "paragraph", text });
    else {
      const depth = Math.max(0, this.#lists.length - 1);
      this.#blocks.push({ kind: "list-item", depth, marker: this.#item, text });
      this.#item = undefined; // what follows inside the item is a paragraph of its own
    }
  }

  #readCode(node: DomNode): void {
    const text = (node.textContent ?? "").replace(/^\n+|\s+$/g, "");
    if (!text) return;
    const classes = `${node.getAttribute("class")} ${node.querySelector("code")?.getAttribute("class")}`;
    const language = /\b(?:language|lang|highlight-source)-([\w+#-]+)/.exec(classes)?.[1] ?? "";
    this.#blocks.push({ kind: "code", language, text });
  }
}
