import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { OrchaError } from "@orcha/contract";
import type { Database, WriteOperation } from "./database.ts";
import { migrateSqlite, SqliteConnection } from "./sqlite.ts";
import { unpackError, type WriterJob, type WriterResult } from "./writer-protocol.ts";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * SQLite in one file: reads on this thread, all writes in one writer thread.
 *
 * @param writerScript the worker that calls `runSqliteWriter` with the file and every write operation
 */
export async function openSqliteDatabase(file: string, writerScript: URL): Promise<Database> {
  await mkdir(dirname(file), { recursive: true });
  await migrateSqlite(file);

  const worker = new Worker(writerScript, { workerData: { file } });
  const reader = new SqliteConnection(file, { readOnly: true });
  const waiting = new Map<number, Waiting>();
  let batch: WriterJob[] = [];
  let lastId = 0;
  let dead: Error | undefined;

  worker.on("message", (results: readonly WriterResult[]) => {
    for (const result of results) {
      const job = waiting.get(result.id);
      waiting.delete(result.id);
      if ("error" in result) job?.reject(unpackError(result.error));
      else job?.resolve(result.value);
    }
    if (batch.length > 0) setImmediate(flush);
  });
  const die = (reason: unknown) => {
    dead = new OrchaError("unavailable", undefined, { cause: reason });
    for (const job of waiting.values()) job.reject(dead);
    waiting.clear();
  };
  worker.on("error", die);
  worker.on("exit", die);

  // Waking the other thread costs more than a small job. So what comes while a batch is being committed waits here and
  // becomes the next one.
  const flush = () => {
    if (batch.length === 0 || waiting.size > batch.length) return;
    worker.postMessage(batch);
    batch = [];
  };
  return {
    reader,
    write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input) {
      if (dead) return Promise.reject(dead);
      return new Promise<Output>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve: resolve as Waiting["resolve"], reject }); // the operation's output type
        if (batch.push({ id, operation: operation.name, input }) === 1) setImmediate(flush);
      });
    },
    async [Symbol.asyncDispose]() {
      if (dead) return;
      const exited = once(worker, "exit");
      if (batch.length > 0) worker.postMessage(batch);
      worker.postMessage("close");
      await exited;
      reader[Symbol.dispose]();
    },
  };
}
