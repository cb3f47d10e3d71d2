import type { Connection, Database, WriteOperation } from "../db/database.ts";
import { defineWrite } from "../db/database.ts";
import type { DocumentFacts, IndexedPassage } from "./document.ts";
import {
  deleteDocument,
  findDocument,
  insertDocument,
  retireSource,
  selectDocuments,
  setFileFacts,
  setState,
} from "./documents-statements-store.ts";
import { publishIds } from "./postings-statements-store.ts";
import { deletePassages, insertPassages, takeIds } from "./postings-store.ts";

/** So many passages are taken away in one write. */
const PASSAGES_PER_REMOVAL = 4;

/** A document to store, with where it came from. */
export interface NewDocument extends DocumentFacts {
  readonly source: string;
  readonly url: string | null;
  readonly size: number;
  readonly changedAt: number;
  readonly indexedAt: number;
}

/** What is known of a stored document without reading its text. */
export interface StoredDocument {
  readonly id: number;
  readonly source: string;
  readonly state: "indexing" | "ready" | "removed";
  readonly url: string | null;
  readonly fingerprint: string;
  readonly size: number;
  readonly changed_at: number;
  readonly indexed_at: number;
}

/** Every document of a tenant, those included that an interrupted run left behind. */
export async function listDocuments(
  database: Database,
  tenantId: string,
): Promise<readonly StoredDocument[]> {
  return database.reader.run(selectDocuments, { tenantId });
}

/** Stores a document with its first passages; until `complete` it is found by nobody. */
export const startDocument = defineWrite(
  "knowledge.start-document",
  async (
    transaction,
    input: {
      readonly tenantId: string;
      readonly document: NewDocument;
      readonly passages: readonly IndexedPassage[];
      readonly complete: boolean;
    },
  ): Promise<number> => {
    const { tenantId, document, passages } = input;
    const documentId = await takeIds(transaction, tenantId, 1);
    await transaction.run(insertDocument, { tenantId, id: documentId, ...document });
    await insertPassages(
      transaction,
      { tenantId, documentId, language: document.language },
      passages,
    );
    if (input.complete) await publish(transaction, tenantId, documentId, document.source);
    return documentId;
  },
);

/** Adds passages to a started document; false when somebody has taken it away meanwhile. */
export const continueDocument = defineWrite(
  "knowledge.continue-document",
  async (
    transaction,
    input: {
      readonly tenantId: string;
      readonly documentId: number;
      readonly passages: readonly IndexedPassage[];
      readonly complete: boolean;
    },
  ): Promise<boolean> => {
    const { tenantId, documentId, passages } = input;
    await takeIds(transaction, tenantId, 0); // the tenant's lock: nobody removes the document from here on
    const [document] = await transaction.run(findDocument, { tenantId, id: documentId });
    if (document?.state !== "indexing") return false;
    await insertPassages(
      transaction,
      { tenantId, documentId, language: document.language },
      passages,
    );
    if (input.complete) await publish(transaction, tenantId, documentId, document.source);
    return true;
  },
);

/** Hides a document at once and takes some of its passages away; false once nothing of it is left. */
export const removeDocument = defineWrite(
  "knowledge.remove-document",
  async (
    transaction,
    input: { readonly tenantId: string; readonly documentId: number },
  ): Promise<boolean> => {
    const { tenantId, documentId } = input;
    await takeIds(transaction, tenantId, 0);
    const [document] = await transaction.run(findDocument, { tenantId, id: documentId });
    if (!document) return false;
    await transaction.run(setState, { tenantId, id: documentId, state: "removed" });
    const target = { tenantId, documentId, language: document.language };
    if (await deletePassages(transaction, target, PASSAGES_PER_REMOVAL)) return true;
    await transaction.run(deleteDocument, { tenantId, id: documentId });
    return false;
  },
);

/** Notes what changed about a file whose content did not. */
export const updateDocument = defineWrite(
  "knowledge.update-document",
  async (
    transaction,
    input: {
      readonly tenantId: string;
      readonly id: number;
      readonly url: string | null;
      readonly size: number;
      readonly changedAt: number;
      readonly indexedAt: number;
    },
  ): Promise<void> => {
    await transaction.run(setFileFacts, input);
  },
);

export const KNOWLEDGE_WRITES: readonly WriteOperation<never, unknown>[] = [
  startDocument,
  continueDocument,
  removeDocument,
  updateDocument,
];

/** The one step in which the new version takes the place of the old one. */
async function publish(
  transaction: Connection,
  tenantId: string,
  id: number,
  source: string,
): Promise<void> {
  await transaction.run(retireSource, { tenantId, source });
  await transaction.run(setState, { tenantId, id, state: "ready" });
  await transaction.run(publishIds, { tenantId });
}
