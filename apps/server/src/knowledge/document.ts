import type { Language } from "../retrieval/languages.ts";

/** What a file holds, apart from its passages. */
export interface DocumentFacts {
  readonly title: string;
  readonly language: Language;
  /** The version of the parser and the SHA-256 of the file's bytes. */
  readonly fingerprint: string;
  readonly text: string;
}

/** A passage of a document: `text` is the document's text between the two offsets, which count code points. */
export interface Passage {
  readonly position: number;
  /** Headings above it, outermost first, joined by " › ". */
  readonly heading: string;
  /** The anchor of its nearest heading; empty for none. */
  readonly anchor: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A passage with the terms it is found by. */
export interface IndexedPassage extends Passage {
  /** Its terms, each once, and how often each stands in it. */
  readonly terms: readonly string[];
  readonly frequencies: readonly number[];
  /** The sum of the frequencies. */
  readonly length: number;
}
