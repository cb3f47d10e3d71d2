/**
 * A new key for one message: 128 random bits as 22 characters. Made ahead and kept, it lets a message be sent again
 * after a reload of the page without being answered twice.
 * @example
 * const idempotencyKey = createIdempotencyKey();
 * await sendOrchaMessage({ text: "Hello", idempotencyKey });
 */
export function createIdempotencyKey(): string {
  // randomUUID does not exist on plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 22);
}
