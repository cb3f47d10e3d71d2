import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { WriteOperation } from "./database.ts";
import { SqliteConnection } from "./sqlite.ts";
import { packError, type WriterJob, type WriterResult } from "./writer-protocol.ts";

/** No batch grows longer than this, so that the first job in it does not wait for the last. */
const MAX_BATCH_MS = 10;

/**
 * The only place that writes to the file. What has arrived while the last commit was being synced becomes the next
 * transaction (group commit): one sync for all of it, each job behind a savepoint, answered after the commit.
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

  port.on("message", (message: readonly WriterJob[] | "close") => {
    if (message === "close") {
      connection[Symbol.dispose]();
      port.close();
      return;
    }
    queue.push(...message);
    if (!running) void drain();
  });

  async function drain(): Promise<void> {
    running = true;
    while (queue.length > 0) port.postMessage(await commitBatch());
    running = false;
  }

  async function commitBatch(): Promise<WriterResult[]> {
    const results: WriterResult[] = [];
    try {
      connection.execute("begin immediate");
      const until = performance.now() + MAX_BATCH_MS;
      do {
        const job = queue.shift();
        if (!job) break;
        results.push(await runJob(job));
        if (queue.length === 0) takeWaiting();
      } while (performance.now() < until);
      connection.execute("commit");
    } catch (error) {
      rollBack();
      const failure = packError(error);
      if (results.length === 0) {
        // The transaction did not even begin: refuse what waits instead of trying for ever.
        for (const job of queue.splice(0)) results.push({ id: job.id, error: failure });
      }
      return results.map(({ id }) => ({ id, error: failure }));
    }
    return results;
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
      return { id: job.id, error: packError(error) };
    }
  }

  function takeWaiting(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(port);
      if (!waiting) return;
      if (Array.isArray(waiting.message)) queue.push(...waiting.message);
      else port.emit("message", waiting.message);
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
