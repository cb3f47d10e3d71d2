import type { DocumentFacts, IndexedPassage } from "./document.ts";

/** What the ingest thread is asked; it answers in order. */
export type IngestRequest =
  | {
      readonly type: "open";
      /** Where the file is. */
      readonly path: string;
      /** Its name below the folder. */
      readonly source: string;
      /** Of the stored version; undefined when there is none. */
      readonly fingerprint: string | undefined;
    }
  | {
      /** The next passages of the file that was opened last, few enough for one small write. */
      readonly type: "continue";
    };

export type IngestReply =
  | { readonly type: "unchanged" }
  | {
      readonly type: "document";
      readonly facts: DocumentFacts;
      readonly passages: readonly IndexedPassage[];
      readonly complete: boolean;
    }
  | {
      readonly type: "passages";
      readonly passages: readonly IndexedPassage[];
      readonly complete: boolean;
    }
  | IngestFailure;

/** Why a file cannot be indexed, in words for its owner. */
export interface IngestFailure {
  readonly type: "failure";
  readonly reason: string;
  /** True when nothing is known of the content, so that what is stored may still be right. */
  readonly unread: boolean;
}
