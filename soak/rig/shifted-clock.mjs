import { readFileSync } from "node:fs";

/**
 * Loaded into a server by `--import`: its wall clock goes wrong by what the file CLOCK_FILE says, in milliseconds, and is set
 * anew at every SIGUSR2. Its monotonic clock goes right.
 */
const RealDate = globalThis.Date;
let offsetMs = readOffset();
process.on("SIGUSR2", () => {
  offsetMs = readOffset();
});

const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});

function readOffset() {
  return Number(readFileSync(String(process.env.CLOCK_FILE), "utf8"));
}
