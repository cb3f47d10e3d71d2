import { connect } from "node:net";

/**
 * What came back for bytes that were written to a connection: the statuses of all answers and their text.
 *
 * @typedef {{ statuses: number[], text: string }} RawAnswer
 */

const GIVE_UP_MS = 30_000;

/**
 * Writes bytes to a connection of their own and reads until the server ends it. Undefined when it does not.
 *
 * @param {number} port
 * @param {readonly (string | Uint8Array)[]} pieces each written after the one before has left; text is Latin-1, byte by byte
 * @param {{ isHalf?: boolean }} [request] half of one may be: the client says that no more will come, which makes Node give
 *   up an answer that it has not given yet
 * @returns {Promise<RawAnswer | undefined>}
 */
export function sendRaw(port, pieces, { isHalf = false } = {}) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    const late = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, GIVE_UP_MS);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    // The server may end the connection while something is still on its way to it.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(late);
      resolve({ statuses: statusesIn(text), text });
    });
    socket.on("connect", () => void write(socket, pieces, isHalf));
  });
}

/**
 * @param {import("node:net").Socket} socket
 * @param {readonly (string | Uint8Array)[]} pieces
 * @param {boolean} isHalf
 */
async function write(socket, pieces, isHalf) {
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece, "latin1") : piece;
    await new Promise((resolve) => socket.write(bytes, resolve));
  }
  if (isHalf) socket.end();
}

/** @param {string} text */
function statusesIn(text) {
  return [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
}
