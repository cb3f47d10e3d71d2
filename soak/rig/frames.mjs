/**
 * One event of a stream, its data still as text.
 *
 * @typedef {{ id: string, event: string, data: string }} Frame
 */

/**
 * Reads server-sent events; comments are left out.
 *
 * @param {AsyncIterable<Uint8Array>} body
 * @returns {AsyncGenerator<Frame, void>}
 */
export async function* readFrames(body) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const frames = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = frames.pop() ?? "";
    for (const text of frames) {
      const frame = parse(text);
      if (frame) yield frame;
    }
  }
}

/**
 * @param {string} text
 * @returns {Frame | undefined}
 */
function parse(text) {
  const fields = new Map(
    text.split("\n").map((line) => {
      const at = line.indexOf(": ");
      return /** @type {const} */ ([line.slice(0, at), line.slice(at + 2)]);
    }),
  );
  const id = fields.get("id");
  const event = fields.get("event");
  const data = fields.get("data");
  if (id === undefined || event === undefined || data === undefined) return undefined;
  return { id, event, data };
}
