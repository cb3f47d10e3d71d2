import { parentPort, workerData } from "node:worker_threads";
import { runSqliteWriter } from "./db/sqlite-writer.ts";
import { WRITES } from "./writes.ts";

// The composition root of the writer thread, as main.ts is the process's.
if (!parentPort) throw new Error("writer-thread.ts runs as a worker only");
runSqliteWriter(parentPort, workerData.file, WRITES);
