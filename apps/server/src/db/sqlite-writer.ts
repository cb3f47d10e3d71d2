import type { MessagePort } from "node:worker_threads";
import { NotKept, type WriteOperation } from "./database.ts";
import { SqliteConnection } from "./sqlite.ts";
import {
  packError,
  type WriterJob,
  type WriterMessage,
  type WriterResult,
} from "./writer-protocol.ts";

/** No batch grows longer than this, so that the first job in it does not wait for the last. */
const MAX_BATCH_MS = 10;

/**
 * The only place that writes to the file. Jobs that come in one message share a transaction (group commit): one sync for
 * all of them, each job behind a savepoint, answered after the commit.
 */
export function runSqliteWriter(
  port: MessagePort,
  file: string,
  operations: readonly WriteOperation<never, unknown>[],
): void {
  const connection = new SqliteConnection(file, { readOnly: false });
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const queue: WriterJob[] = [];
  let running = false;
  let closing = false;

  port.on("message", (message: WriterMessage) => {
    if (message === "close") closing = true;
    else queue.push(...message);
    if (!running) void drain();
  });

  async function drain(): Promise<void> {
    running = true;
    while (queue.length > 0) port.postMessage(await commitBatch());
    running = false;
    if (!closing) return;
    connection[Symbol.dispose]();
    port.close();
  }

  async function commitBatch(): Promise<WriterResult[]> {
    const taken: WriterJob[] = [];
    const results: WriterResult[] = [];
    try {
      connection.execute("begin immediate");
      const until = performance.now() + MAX_BATCH_MS;
      while (queue.length > 0 && performance.now() < until) {
        const job = queue.shift();
        if (!job) break;
        taken.push(job);
        results.push(await runJob(job));
      }
      connection.execute("commit");
      return results;
    } catch (error) {
      rollBack();
      // Nothing of the batch is kept. When it did not even begin, what waits is refused instead of tried for ever.
      const refused = taken.length > 0 ? taken : queue.splice(0);
      const failure = packError(error);
      return refused.map(({ id }) => ({ id, error: failure }));
    }
  }

  async function runJob(job: WriterJob): Promise<WriterResult> {
    const operation = byName.get(job.operation);
    if (!operation) return { id: job.id, error: packError(new Error(`No write ${job.operation}`)) };
    connection.execute("savepoint job");
    try {
      const value = await operation.run(connection, job.input as never); // the registry pairs names with inputs
      connection.execute("release job");
      return { id: job.id, value };
    } catch (error) {
      connection.execute("rollback to job");
      connection.execute("release job");
      if (error instanceof NotKept) return { id: job.id, value: false };
      return { id: job.id, error: packError(error) };
    }
  }

  function rollBack(): void {
    try {
      connection.execute("rollback");
    } catch {
      // A failed commit may have ended the transaction by itself.
    }
  }
}
