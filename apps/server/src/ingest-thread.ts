import { parentPort } from "node:worker_threads";
import { runIngestWorker } from "./knowledge/ingest-worker.ts";

// The composition root of the ingest thread, as main.ts is the process's.
if (!parentPort) throw new Error("ingest-thread.ts runs as a worker only");
runIngestWorker(parentPort);
