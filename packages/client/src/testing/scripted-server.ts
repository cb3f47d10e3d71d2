import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as the server saw it. */
export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the server does with one request. */
export type Answer = (response: ServerResponse, request: Seen) => unknown;

/** A real server on loopback: the first request gets the first answer and so on; the last answer goes on. */
export async function startServer(...script: readonly Answer[]) {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { method, url, headers } = request;
    const asked = { method, url, headers, body };
    seen.push(asked);
    await script[Math.min(seen.length, script.length) - 1]?.(response, asked);
  };
  const server = createServer((request, response) => {
    // A client that leaves in the middle of its request is no fault of the script.
    serve(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { apiBaseUrl: `http://127.0.0.1:${port}`, seen };
}

/** An address at which nobody listens until `open` is called. */
export async function startLater(answer: Answer) {
  const closed = createServer();
  const port = await listen(closed, 0);
  closed.close();
  await once(closed, "close");

  const server = createServer((request, response) => {
    request.resume();
    const { method, url, headers } = request;
    void answer(response, { method, url, headers, body: "" });
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { apiBaseUrl: `http://127.0.0.1:${port}`, open: () => listen(server, port) };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return addressOf(server).port;
}

// A server that listens on a port has no other kind of address.
function addressOf(server: ReturnType<typeof createServer>): AddressInfo {
  return server.address() as AddressInfo;
}

/** A whole JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response
      .writeHead(status, { "Content-Type": "application/json", ...headers })
      .end(JSON.stringify(body));
}

/** The chat envelope of a failure. */
export function failure(
  code: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Answer {
  const data = { text: "", conversation_id: null };
  const body = { success: false, message: `It is ${code}.`, data };
  return json(status, body, { "X-Orcha-Error": code, ...headers });
}

/** An outage that asks to be tried again at once. */
export const unavailable = failure("unavailable", { status: 503, headers: { "Retry-After": "0" } });

/** What a turn's own addresses answer to strangers. */
export const notFound = json(404, { title: "Not found", detail: "Not yours.", code: "not_found" });

/** To a client that has seen the end. */
export const nothingMissing: Answer = (response) => response.writeHead(204).end();

/** An event stream that is ended properly. */
export function stream(...pieces: readonly (string | Uint8Array)[]): Answer {
  return async (response) => {
    await write(response, pieces);
    response.end();
  };
}

/** An event stream whose connection breaks after these pieces. */
export function cut(...pieces: readonly (string | Uint8Array)[]): Answer {
  return async (response) => {
    await write(response, pieces);
    response.destroy();
  };
}

/** An event stream that stays open and tells nothing more. */
export function hold(...pieces: readonly (string | Uint8Array)[]): Answer {
  return (response) => write(response, pieces);
}

/** The answer with the header of a new visitor secret. */
export function handingOut(visitor: string, answer: Answer): Answer {
  return (response, request) => {
    response.setHeader("X-Aura-Visitor", visitor);
    return answer(response, request);
  };
}

/** The connection is lost before anything is answered. */
export const hangUp: Answer = (response) => response.destroy();

async function write(response: ServerResponse, pieces: readonly (string | Uint8Array)[]) {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  for (const piece of pieces) {
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
  }
}
