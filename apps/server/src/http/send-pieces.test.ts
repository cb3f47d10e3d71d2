import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { RequestContext } from "./context.ts";
import { sendPieces } from "./send-pieces.ts";

const PIECE = "x".repeat(64 * 1024);
const MANY = 2000;

let close = async () => {};
afterEach(() => close());

/** Serves one text, and gives the answer to whoever asks. */
async function serve(pieces: () => AsyncIterable<string>, failed: (error: unknown) => void) {
  const server = createServer((_incoming, outgoing) => {
    sendPieces(contextOf(outgoing), pieces(), {}).catch((error: unknown) => {
      failed(error);
      outgoing.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close = async () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const request = get({ port, host: "127.0.0.1" });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

// As much of a request's context as sending a text needs.
function contextOf(outgoing: ServerResponse): RequestContext {
  return { env: { outgoing }, get: () => "id", req: { path: "/" } } as unknown as RequestContext;
}

it("makes no more of a text than its reader takes", async () => {
  let made = 0;
  async function* pieces() {
    for (; made < MANY; made++) yield PIECE;
  }
  const response = await serve(pieces, () => {});
  response.pause();
  const standsStill = () => {
    const before = made;
    return new Promise<boolean>((resolve) => setTimeout(() => resolve(made === before), 100));
  };
  while (!(await standsStill()));
  expect(made).toBeLessThan(MANY / 2);
  let length = 0;
  response.on("data", (chunk: Buffer) => {
    length += chunk.length;
  });
  response.resume();
  await once(response, "end");
  expect(length).toBe(MANY * PIECE.length);
});

it("makes nothing more when its reader has gone", async () => {
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  async function* pieces() {
    try {
      for (;;) yield PIECE;
    } finally {
      ended();
    }
  }
  const response = await serve(pieces, () => {});
  response.destroy();
  await end;
});

it("breaks the connection rather than giving a part for the whole", async () => {
  const failures: unknown[] = [];
  async function* pieces() {
    yield PIECE;
    throw new Error("The database is away");
  }
  const response = await serve(pieces, (error) => failures.push(error));
  response.resume();
  const [error] = await once(response, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(failures).toHaveLength(1);
});
