import { parseHTML } from "linkedom";

/** What is used of a DOM node; linkedom's own types need the browser's library. */
export interface DomNode {
  readonly nodeType: number;
  readonly localName: string | null;
  readonly nodeValue: string | null;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
  readonly parentNode: DomNode | null;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): DomNode | null;
  querySelectorAll(selector: string): Iterable<DomNode>;
}

/** The document of a page or of a piece of one. */
export function domOf(source: string): DomNode {
  const html = /<html[\s>]/i.test(source) ? source : `<html>${source}</html>`;
  return parseHTML(html).document as unknown as DomNode; // see DomNode
}
