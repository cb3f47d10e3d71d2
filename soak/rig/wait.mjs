/** @param {number} ms */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks again and again until the answer is neither undefined nor false, and gives it.
 *
 * @template T
 * @param {string} what for the error when it never comes
 * @param {number} withinMs
 * @param {() => T | Promise<T>} check
 * @returns {Promise<Exclude<T, undefined | false>>}
 */
export async function until(what, withinMs, check) {
  const giveUp = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (isThere(found)) return found;
    if (performance.now() > giveUp) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(5);
  }
}

/**
 * Does a piece of work for each item, so many at a time.
 *
 * @template T
 * @param {Iterable<T>} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<unknown>} work
 */
export async function forEachAtOnce(items, atOnce, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/**
 * @template T
 * @param {T} value
 * @returns {value is Exclude<T, undefined | false>}
 */
function isThere(value) {
  return value !== undefined && value !== false;
}
