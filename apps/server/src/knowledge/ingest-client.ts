import { Worker } from "node:worker_threads";
import type { IngestReply, IngestRequest } from "./ingest-protocol.ts";

const MAX_HEAP_MB = 512;

/**
 * The thread that reads and parses files. It is started by the first request and again after a file was too much for it;
 * it ends when disposed of.
 */
export class IngestThread implements AsyncDisposable {
  readonly #script: URL;
  readonly #timeoutMs: number;
  #worker: Worker | undefined;
  #settle: ((reply: IngestReply) => void) | undefined;

  /** @param timeoutMs how long one request may take; longer is a failure of that file only */
  constructor(script: URL, timeoutMs: number) {
    this.#script = script;
    this.#timeoutMs = timeoutMs;
  }

  /** Asks one thing; never two at a time. */
  ask(request: IngestRequest): Promise<IngestReply> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#lose(worker, `it takes longer than ${this.#timeoutMs / 1000} s to parse`),
        this.#timeoutMs,
      );
      this.#settle = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      worker.postMessage(request);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    worker.on("message", (reply: IngestReply) => this.#settle?.(reply));
    worker.on("error", (error: Error) => this.#lose(worker, whyItDied(error)));
    worker.on("exit", () => this.#lose(worker, "its parser ended unexpectedly"));
    return worker;
  }

  #lose(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    this.#settle?.({ type: "failure", reason, unread: false });
  }
}

function whyItDied(error: Error): string {
  const outOfMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return outOfMemory ? "it needs too much memory to parse" : `its parser failed (${error.message})`;
}
