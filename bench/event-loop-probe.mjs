import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

// Loaded into a server before it starts: at SIGUSR2 it writes how late its timers came since the last time.

const RESOLUTION_MS = 1;
const file = process.env.EVENT_LOOP_FILE;

if (isMainThread && file) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on("SIGUSR2", () => {
    const ms = (/** @type {number} */ nanoseconds) => nanoseconds / 1e6 - RESOLUTION_MS;
    const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(ms);
    writeFileSync(file, JSON.stringify({ p50, p99, max }));
    delay.reset();
  });
}
