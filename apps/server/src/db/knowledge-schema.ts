// Tables of the documents and their index, as schema.ts describes all tables.

/** Only a `ready` document is found; the other two are being written or taken away, in several small writes. */
export type DocumentState = "indexing" | "ready" | "removed";

/** The long text is the last column, so that the others are read without it. */
export interface DocumentTable {
  tenant_id: string;
  id: number;
  /** Where the owner keeps it, e.g. a path below the knowledge folder; unique among the tenant's ready documents. */
  source: string;
  state: DocumentState;
  title: string;
  url: string | null;
  /** A code of retrieval/languages.ts: how its words became terms. */
  language: string;
  /** The version of the parser and the SHA-256 of the file's bytes, so that an unchanged file is not indexed twice. */
  fingerprint: string;
  /** Of the file, in bytes. */
  size: number;
  /** When the file last changed, by its file system. */
  changed_at: number;
  indexed_at: number;
  /** The plain text that chunk offsets point into. */
  text: string;
}

export interface ChunkTable {
  tenant_id: string;
  id: number;
  document_id: number;
  /** Order in the document, from 0. */
  position: number;
  /** Headings above it, outermost first, joined by " › ". */
  heading: string;
  /** The anchor of its nearest heading, for links; empty for none. */
  anchor: string;
  /** First character in documents.text, in code points. */
  start_offset: number;
  /** One past the last. */
  end_offset: number;
  /** Length in indexed tokens, title repeats included. */
  length: number;
  text: string;
}

export interface TermTable {
  tenant_id: string;
  term: string;
  id: number;
  /** In how many chunks it stands. */
  document_frequency: number;
}

export interface PostingTable {
  tenant_id: string;
  term_id: number;
  chunk_id: number;
  /** BM25's term weight times 1,000. */
  impact: number;
}

/** Every write to a tenant's index updates this row first, so two replicas take their locks in one order. */
export interface CorpusStatsTable {
  tenant_id: string;
  /** The last id given to a document, chunk or term of the tenant; small ids keep the postings small. */
  last_id: number;
  /** Passages of finished documents have ids up to here; a larger id belongs to one in the making. */
  published_id: number;
  chunks: number;
  total_length: number;
}

/** In which languages a question has to be read. */
export interface CorpusLanguageTable {
  tenant_id: string;
  language: string;
  chunks: number;
}
