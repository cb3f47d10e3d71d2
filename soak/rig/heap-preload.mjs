import { renameSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** Loaded into a server by `--import`: at every SIGUSR2 it writes to HEAP_FOLDER what is left when garbage is collected. */
if (isMainThread) process.on("SIGUSR2", writeHeap);

function writeHeap() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const file = `${process.env.HEAP_FOLDER}/heap-${process.pid}`;
  writeFileSync(`${file}.new`, String(heapUsed + external));
  renameSync(`${file}.new`, file);
}
