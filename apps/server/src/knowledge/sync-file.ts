import type { Database } from "../db/database.ts";
import type { IngestThread } from "./ingest-client.ts";
import type { IngestReply } from "./ingest-protocol.ts";
import { PARSER_VERSION } from "./parsers/file-kinds.ts";
import {
  continueDocument,
  removeDocument,
  type StoredDocument,
  startDocument,
  updateDocument,
} from "./store.ts";
import type { FoundFile } from "./walk-folder.ts";

/** A file that changed this shortly before it was read may change again without a later time. */
const CLOCK_GRAIN_MS = 2_000;

/** Where a file's document belongs. */
export interface SyncTarget {
  readonly database: Database;
  readonly tenantId: string;
  /** The address under which the folder's files are published; without it contexts have no URL. */
  readonly urlBase?: string | undefined;
  /** Aborting ends the run, with the file in hand given up or finished; the next run goes on. */
  readonly signal?: AbortSignal;
}

/** What became of a file. */
export type FileOutcome =
  | { readonly type: "unchanged" }
  | { readonly type: "indexed"; readonly chunks: number }
  | { readonly type: "failure"; readonly reason: string; readonly unread: boolean };

/** Makes the stored document that of the file, unless it is already. */
export async function syncFile(
  target: SyncTarget,
  thread: IngestThread,
  file: FoundFile,
  stored: StoredDocument | undefined,
): Promise<FileOutcome> {
  const { database, tenantId } = target;
  const url = urlOf(file.source, target.urlBase);
  if (stored && looksUnchanged(file, stored, url)) return { type: "unchanged" };

  const fingerprint = stored?.fingerprint;
  const indexedAt = Date.now();
  const reply = await thread.ask({
    type: "open",
    path: file.path,
    source: file.source,
    fingerprint,
  });
  const facts = { url, size: file.size, changedAt: file.changedAt, indexedAt };
  switch (reply.type) {
    case "unchanged":
      if (stored) await database.write(updateDocument, { tenantId, id: stored.id, ...facts });
      return reply;
    case "document": {
      const document = { source: file.source, ...reply.facts, ...facts };
      const outcome = await storeDocument(target, thread, document, reply);
      if (stored && outcome.type === "indexed") await removeWhole(database, tenantId, stored.id);
      return outcome;
    }
    case "failure":
      return reply;
    case "passages":
      throw new Error("Passages of no document");
  }
}

async function storeDocument(
  { database, tenantId, signal }: SyncTarget,
  thread: IngestThread,
  document: Parameters<typeof startDocument.run>[1]["document"],
  opened: Extract<IngestReply, { type: "document" }>,
): Promise<FileOutcome> {
  let { passages, complete } = opened;
  let chunks = passages.length;
  const documentId = await database.write(startDocument, {
    tenantId,
    document,
    passages,
    complete,
  });
  const giveUp = async (reason: string): Promise<FileOutcome> => {
    await removeWhole(database, tenantId, documentId);
    return { type: "failure", reason, unread: true };
  };
  while (!complete) {
    if (signal?.aborted) return giveUp("the server is stopping");
    const reply = await thread.ask({ type: "continue" });
    if (reply.type !== "passages") {
      return giveUp(reply.type === "failure" ? reply.reason : "its parser lost it");
    }
    ({ passages, complete } = reply);
    const input = { tenantId, documentId, passages, complete };
    const stillThere = await database.write(continueDocument, input);
    if (!stillThere) return giveUp("another process is indexing it");
    chunks += passages.length;
  }
  return { type: "indexed", chunks };
}

/** Takes a document away with all its passages. */
export async function removeWhole(
  database: Database,
  tenantId: string,
  documentId: number,
): Promise<void> {
  while (await database.write(removeDocument, { tenantId, documentId })) {
    // a few passages at a time
  }
}

function looksUnchanged(file: FoundFile, stored: StoredDocument, url: string | null): boolean {
  return (
    stored.changed_at === file.changedAt &&
    stored.size === file.size &&
    stored.url === url &&
    stored.indexed_at - stored.changed_at > CLOCK_GRAIN_MS &&
    stored.fingerprint.startsWith(`${PARSER_VERSION}:`)
  );
}

function urlOf(source: string, base: string | undefined): string | null {
  if (base === undefined) return null;
  const path = source.split("/").map(encodeURIComponent).join("/");
  return `${base.replace(/\/+$/, "")}/${path}`;
}
