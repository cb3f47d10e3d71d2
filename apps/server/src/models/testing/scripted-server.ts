import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay, setImmediate as nextTick } from "node:timers/promises";
import { completionEvents, type ScriptedReply } from "./scripted-reply.ts";

/** One request the scripted model got. */
export interface ScriptedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body; of the chat completions wire unless a test speaks another. */
  readonly body: {
    readonly model?: string;
    readonly messages?: readonly { readonly role: string; readonly content: string }[];
    readonly [field: string]: unknown;
  };
  /** Resolves when the response is over: whole, or early because the socket was closed. `at` is on performance.now's clock. */
  readonly closed: Promise<{ readonly early: boolean; readonly at: number }>;
}

/** What a scripted model does: the reply to the n-th request, counted from 1. */
export interface ModelScript {
  readonly reply: (request: ScriptedRequest, n: number) => ScriptedReply;
}

export interface ScriptedModel extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ScriptedRequest[];
  /** Sockets open at this moment. */
  openSockets(): Promise<number>;
}

/** Starts an OpenAI-compatible model server on loopback that answers by script. It answers on every path. */
export async function startScriptedModel(
  script: ModelScript = { reply: () => ({ tokens: ["Hello", " world", "."] }) },
): Promise<ScriptedModel> {
  const requests: ScriptedRequest[] = [];
  const respond = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming, response);
    const n = requests.push(request);
    await answer(response, script.reply(request, n));
  };
  const server = createServer((incoming, response) => {
    response.on("error", () => {}); // The other side may leave at any moment.
    respond(incoming, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is a string only for pipes.
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    openSockets: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

async function readRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<ScriptedRequest> {
  const closed = new Promise<{ early: boolean; at: number }>((resolve) => {
    response.once("close", () => {
      resolve({ early: !response.writableFinished, at: performance.now() });
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return {
    path: incoming.url ?? "",
    headers: incoming.headers,
    body: JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}"),
    closed,
  };
}

async function answer(response: ServerResponse, reply: ScriptedReply): Promise<void> {
  const { ending = "done" } = reply;
  if (ending === "silence") return;
  if (reply.headersMs) await delay(reply.headersMs);
  if (ending === "reset") return void response.socket?.destroy();

  const status = reply.status ?? 200;
  response.writeHead(status, {
    "content-type": status === 200 ? "text/event-stream" : "application/json",
    ...reply.headers,
  });
  if (reply.body !== undefined) return void response.end(reply.body);
  response.flushHeaders();

  if (reply.raw) await writePieces(response, reply.raw);
  else await writeTokens(response, reply);

  if (ending === "cut") response.socket?.destroy();
  else if (ending === "endless") await writeForever(response, reply);
  else if (ending !== "hang") response.end();
}

async function writeTokens(response: ServerResponse, reply: ScriptedReply): Promise<void> {
  const events = completionEvents(reply);
  if (reply.firstTokenMs) await delay(reply.firstTokenMs);
  if (reply.pieceBytes) {
    await writePieces(response, split(Buffer.from(events.join("")), reply.pieceBytes));
    return;
  }
  if (!reply.tokenMs) return writeOut(response, events.join(""));
  for (const event of events) {
    if (response.destroyed) return;
    response.write(event);
    await delay(reply.tokenMs);
  }
}

/** Each piece goes out by itself, after the one before it has left the process. */
async function writePieces(
  response: ServerResponse,
  pieces: readonly (string | Uint8Array)[],
): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    await writeOut(response, piece);
    await nextTick();
  }
}

/** Resolves when the text has left the process. */
function writeOut(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (piece.length === 0) resolve();
    else response.write(piece, () => resolve());
  });
}

async function writeForever(response: ServerResponse, reply: ScriptedReply): Promise<void> {
  const piece = reply.endlessPiece ?? completionEvents({ ...reply, ending: "hang" }).join("");
  while (!response.destroyed) {
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        const goOn = () => {
          response.off("drain", goOn).off("close", goOn);
          resolve();
        };
        response.on("drain", goOn).on("close", goOn);
      });
    }
    await nextTick();
  }
}

function split(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    pieces.push(bytes.subarray(start, start + size));
  }
  return pieces;
}
