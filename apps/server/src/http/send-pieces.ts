import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { RequestContext } from "./context.ts";
import { commonHeaders, type HeaderValues, writable } from "./send.ts";

const CHUNK_CHARS = 32 * 1024;
/** A reader that takes nothing for so long is cut: it can ask again. */
const MAX_STALL_MS = 30_000;

/**
 * Sends a long text as it is made, no faster than it is read. A failure before the first chunk is an ordinary answer; a later
 * one breaks the connection, so that nobody takes a part for the whole.
 */
export async function sendPieces(
  c: RequestContext,
  pieces: AsyncIterable<string>,
  headers: HeaderValues,
): Promise<Response> {
  const response = c.env.outgoing;
  const begin = () => {
    if (!response.headersSent) {
      response.writeHead(200, { ...commonHeaders(c), ...writable(headers) });
    }
  };
  let chunk = "";
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARS) continue;
    begin();
    if (!(await hasTaken(response, chunk))) return RESPONSE_ALREADY_SENT;
    chunk = "";
  }
  begin();
  response.end(chunk);
  return RESPONSE_ALREADY_SENT;
}

/** Headers of a file that a browser saves and that no other site can embed. */
export function fileHeaders(name: string, type: string): HeaderValues {
  return {
    "Content-Type": `${type}; charset=UTF-8`,
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

/** Writes, and waits until there is room for more; false when its reader has gone or was cut. */
async function hasTaken(response: ServerResponse, chunk: string): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(chunk)) return true;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once("close", leave);
  try {
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(MAX_STALL_MS)]);
    await once(response, "drain", { signal });
    return true;
  } catch {
    response.destroy();
    return false;
  } finally {
    response.off("close", leave);
  }
}
