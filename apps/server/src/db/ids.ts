import { randomBytes, randomInt } from "node:crypto";

/** 2025-01-01: 41 bits of milliseconds from here reach into 2094. */
const EPOCH_MS = 1_735_689_600_000;
const PER_MS = 4096;
let last = 0;

/**
 * An even id that is larger than every earlier one of this process. Two processes may meet in one millisecond:
 * insert with `on conflict do nothing` and take another id when nothing was inserted.
 */
export function timeOrderedId(nowMs: number): number {
  const candidate = (nowMs - EPOCH_MS) * PER_MS + 2 * randomInt(PER_MS / 2);
  last = Math.max(last + 2, candidate);
  return last;
}

/** A random id of 53 bits, never 0, that tells nothing of how many there are or when it was made. */
export function randomId(): number {
  const bytes = randomBytes(8);
  const id = bytes.readUInt32BE(0) * 0x20_0000 + (bytes.readUInt32BE(4) & 0x1f_ffff);
  return id === 0 ? 1 : id;
}
