import { cpus, totalmem } from "node:os";

/** When and on what something was measured. */
export function conditions() {
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
  };
}
