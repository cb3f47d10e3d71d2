import type { Database } from "../db/database.ts";
import { IngestThread } from "./ingest-client.ts";
import type { IngestReply } from "./ingest-protocol.ts";
import { PARSER_VERSION } from "./parsers/file-kinds.ts";
import {
  continueDocument,
  listDocuments,
  removeDocument,
  type StoredDocument,
  startDocument,
  updateDocument,
} from "./store.ts";
import { type FoundFile, type SkippedFile, walkFolder } from "./walk-folder.ts";

const FILE_TIMEOUT_MS = 20_000;
const PROGRESS_INTERVAL_MS = 1_000;
/** A file that changed this shortly before it was read may change again without a later time. */
const CLOCK_GRAIN_MS = 2_000;

export interface SyncOptions {
  readonly database: Database;
  readonly tenantId: string;
  readonly folder: string;
  /** The bundle of ../ingest-thread.ts. */
  readonly ingestScript: URL;
  /** The address under which the folder's files are published; without it contexts have no URL. */
  readonly urlBase?: string | undefined;
  /** Called once a second while it lasts, and at the end. */
  readonly onProgress?: (progress: SyncProgress) => void;
  readonly log: { warn(fields: object, message: string): void };
  /** Aborting ends the run after the file in hand; the next run goes on. */
  readonly signal?: AbortSignal;
  readonly fileTimeoutMs?: number;
  /** What earlier runs could not parse, by source: while such a file stays as it is, it is not tried again. */
  readonly rejected?: Map<string, RejectedFile>;
}

/** A file as it was when it could not be parsed. */
export interface RejectedFile {
  readonly size: number;
  readonly changedAt: number;
  readonly reason: string;
}

export interface SyncProgress {
  readonly done: number;
  readonly total: number;
  /** The file in hand; undefined at the end. */
  readonly file: string | undefined;
}

/** What a run did, in files; `chunks` counts the passages of the indexed ones. */
export interface SyncReport {
  readonly indexed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly skipped: readonly SkippedFile[];
  readonly chunks: number;
}

/**
 * Makes a tenant's documents those of a folder: new and changed files are indexed, removed ones vanish. A document is
 * replaced in one step; what an interrupted run left behind is taken away first. One run per tenant at a time.
 * @throws when the folder cannot be read or the database fails
 */
export async function syncFolder(options: SyncOptions): Promise<SyncReport> {
  const { database, tenantId, signal } = options;
  const found = await walkFolder(options.folder);
  const documents = await removeLeftovers(options);
  await using thread = new IngestThread(
    options.ingestScript,
    options.fileTimeoutMs ?? FILE_TIMEOUT_MS,
  );
  const reportProgress = throttle(options.onProgress);
  const skipped = [...found.skipped, ...found.unreadable];
  const kept = new Set<string>();
  const counts = { indexed: 0, unchanged: 0, removed: 0, chunks: 0 };

  for (const [done, file] of found.files.entries()) {
    if (signal?.aborted) break;
    reportProgress({ done, total: found.files.length, file: file.source });
    const outcome =
      knownFailure(options, file) ??
      (await syncFile(options, thread, file, documents.get(file.source)));
    if (outcome.type === "failure") {
      skipped.push({ file: file.source, reason: outcome.reason });
      if (outcome.unread) kept.add(file.source);
      else options.rejected?.set(file.source, { ...file, reason: outcome.reason });
    } else {
      kept.add(file.source);
      counts[outcome.type] += 1;
      if (outcome.type === "indexed") counts.chunks += outcome.chunks;
    }
  }

  if (signal?.aborted) return { ...counts, skipped };

  for (const { file, reason } of skipped) {
    options.log.warn({ file, reason }, "A knowledge file was skipped");
  }
  for (const document of documents.values()) {
    if (kept.has(document.source) || isBelow(document.source, found.unreadable)) continue;
    await removeWhole(database, tenantId, document.id);
    counts.removed += 1;
  }
  options.onProgress?.({ done: found.files.length, total: found.files.length, file: undefined });
  return { ...counts, skipped };
}

type Outcome =
  | { readonly type: "unchanged" }
  | { readonly type: "indexed"; readonly chunks: number }
  | { readonly type: "failure"; readonly reason: string; readonly unread: boolean };

function knownFailure({ rejected }: SyncOptions, file: FoundFile): Outcome | undefined {
  const before = rejected?.get(file.source);
  if (before?.size !== file.size || before.changedAt !== file.changedAt) return undefined;
  return { type: "failure", reason: before.reason, unread: false };
}

async function syncFile(
  options: SyncOptions,
  thread: IngestThread,
  file: FoundFile,
  stored: StoredDocument | undefined,
): Promise<Outcome> {
  const { database, tenantId } = options;
  const url = urlOf(file.source, options.urlBase);
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
      const outcome = await storeDocument(options, thread, document, reply);
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
  { database, tenantId, signal }: SyncOptions,
  thread: IngestThread,
  document: Parameters<typeof startDocument.run>[1]["document"],
  opened: Extract<IngestReply, { type: "document" }>,
): Promise<Outcome> {
  let { passages, complete } = opened;
  let chunks = passages.length;
  const documentId = await database.write(startDocument, {
    tenantId,
    document,
    passages,
    complete,
  });
  const giveUp = async (reason: string): Promise<Outcome> => {
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

/** The stored documents by their source, after those are gone that were not finished or not wholly removed. */
async function removeLeftovers({
  database,
  tenantId,
}: SyncOptions): Promise<Map<string, StoredDocument>> {
  const ready = new Map<string, StoredDocument>();
  for (const document of await listDocuments(database, tenantId)) {
    if (document.state === "ready") ready.set(document.source, document);
    else await removeWhole(database, tenantId, document.id);
  }
  return ready;
}

async function removeWhole(
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

function isBelow(source: string, unreadable: readonly SkippedFile[]): boolean {
  return unreadable.some(({ file }) =>
    file.endsWith("/") ? source.startsWith(file) : source === file,
  );
}

function throttle(onProgress: SyncOptions["onProgress"]): (progress: SyncProgress) => void {
  let last = performance.now();
  return (progress) => {
    if (performance.now() - last < PROGRESS_INTERVAL_MS) return;
    last = performance.now();
    onProgress?.(progress);
  };
}
