const MILLIONTHS = 1_000_000;

/** An amount as people write it, in millionths of the currency as it is kept. */
export function toMillionths(amount: number): number {
  return Math.round(amount * MILLIONTHS);
}

/** Millionths of the currency as people write an amount. */
export function toAmount(millionths: number): number {
  return millionths / MILLIONTHS;
}
