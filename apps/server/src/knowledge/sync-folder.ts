import { IngestThread } from "./ingest-client.ts";
import { listDocuments, type StoredDocument } from "./store.ts";
import { type FileOutcome, removeWhole, type SyncTarget, syncFile } from "./sync-file.ts";
import { type FoundFile, type SkippedFile, walkFolder } from "./walk-folder.ts";

const FILE_TIMEOUT_MS = 20_000;
const PROGRESS_INTERVAL_MS = 1_000;

export interface SyncOptions extends SyncTarget {
  readonly folder: string;
  /** The bundle of ../ingest-thread.ts. */
  readonly ingestScript: URL;
  /** Called once a second while it lasts, and at the end. */
  readonly onProgress?: (progress: SyncProgress) => void;
  readonly log: { warn(fields: object, message: string): void };
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

function knownFailure({ rejected }: SyncOptions, file: FoundFile): FileOutcome | undefined {
  const before = rejected?.get(file.source);
  if (before?.size !== file.size || before.changedAt !== file.changedAt) return undefined;
  return { type: "failure", reason: before.reason, unread: false };
}

/** The stored documents by their source, after those are gone that were not finished or not wholly removed. */
async function removeLeftovers({
  database,
  tenantId,
}: SyncTarget): Promise<Map<string, StoredDocument>> {
  const ready = new Map<string, StoredDocument>();
  for (const document of await listDocuments(database, tenantId)) {
    if (document.state === "ready") ready.set(document.source, document);
    else await removeWhole(database, tenantId, document.id);
  }
  return ready;
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
