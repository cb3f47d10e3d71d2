import { existsSync, readFileSync } from "node:fs";

const KB = 1024;

/** True where memory of another process can be read. */
export function canReadMemory() {
  return existsSync("/proc/self/status");
}

/**
 * Resident memory of a process in bytes; Linux only.
 *
 * @param {number} pid
 */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * KB;
}

/**
 * Watches the highest resident memory of a process until it is told to stop.
 *
 * @param {number} pid
 */
export function watchMemory(pid) {
  let peak = residentBytes(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
