import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import {
  type RejectedFile,
  type SyncProgress,
  type SyncReport,
  syncFolder,
} from "./sync-folder.ts";

export interface KnowledgeFolderOptions {
  readonly database: Database;
  readonly tenantId: string;
  readonly folder: string;
  readonly urlBase: string | undefined;
  readonly ingestScript: URL;
  /** 0 looks once. */
  readonly rescanSeconds: number;
  readonly log: Logger;
  readonly onProgress: ((progress: SyncProgress) => void) | undefined;
  /** Told when a run changed or skipped something, and after the first run always. */
  readonly onReport: ((report: SyncReport) => void) | undefined;
}

/** Keeps a tenant's documents those of a folder: at the start, and again and again while the server runs. */
export class KnowledgeFolder implements AsyncDisposable {
  readonly #options: KnowledgeFolderOptions;
  readonly #abort = new AbortController();
  readonly #rejected = new Map<string, RejectedFile>();
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void>;
  #reported = "";

  constructor(options: KnowledgeFolderOptions) {
    this.#options = options;
    this.#run = this.#sync();
  }

  async #sync(): Promise<void> {
    const { log, rescanSeconds, onProgress, ...folder } = this.#options;
    try {
      const report = await syncFolder({
        ...folder,
        log,
        signal: this.#abort.signal,
        rejected: this.#rejected,
        onProgress: (progress) => {
          // A run that is over at once needs no progress line.
          if (progress.done < progress.total) {
            log.info(progress, "Reading documents");
            onProgress?.(progress);
          }
        },
      });
      if (!this.#abort.signal.aborted) this.#tell(report);
    } catch (error) {
      log.error({ err: error, folder: folder.folder }, "The knowledge folder could not be read");
    }
    if (rescanSeconds === 0 || this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#run = this.#sync();
    }, rescanSeconds * 1000);
  }

  /** What is skipped stays skipped: the same report is not repeated with every look. */
  #tell(report: SyncReport): void {
    const same = JSON.stringify([report.skipped]) === this.#reported;
    if (same && report.indexed === 0 && report.removed === 0) return;
    this.#reported = JSON.stringify([report.skipped]);
    this.#options.log.info(report, "Documents are up to date");
    this.#options.onReport?.(report);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort.abort();
    await this.#run;
  }
}
