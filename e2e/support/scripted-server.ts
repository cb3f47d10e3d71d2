import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { ErrorCode, Message, Context as Passage, TurnEvent } from "@orcha/contract";
import { ERRORS } from "@orcha/contract";
import { Hono } from "hono";
import { demoRoutes } from "../../apps/server/src/http/routes/demo.ts";
import { widgetRoutes } from "../../apps/server/src/http/routes/widget.ts";
import { buildWidget } from "../../apps/widget/build.mjs";

/** What the widget asked, as the server saw it. */
export interface Asked {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** One turn under the test's control. */
export interface ScriptedTurn {
  readonly asked: Asked;
  start(contexts?: readonly Passage[]): void;
  delta(text: string): void;
  /** Ends the turn; what was streamed is the answer unless another text is given. */
  end(text?: string): void;
  fail(code: ErrorCode): void;
  /** Ends the connection in the middle. */
  cut(): void;
}

/** Answers one message: by its turn, or by refusing it before there is one. */
export type Reply = (turn: ScriptedTurn) => void | Promise<void> | { readonly refuse: ErrorCode };

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The transcript that `GET messages` gives. */
  readonly messages: Message[];
  readonly visitors: readonly string[];
  /** Used for the messages to come, in this order; the last one again and again. */
  reply(...replies: Reply[]): void;
  /** A page of the test's own, served from this very origin. */
  page(path: string, html: string, headers?: Readonly<Record<string, string>>): void;
}

/** A passage as retrieval gives it. */
export function passage(id: number, title: string, text: string): Passage {
  return {
    id: `c${id}`,
    title,
    source: `guides/${title.toLowerCase().replaceAll(" ", "-")}.md`,
    url: null,
    text,
    score: 1,
    page: null,
    start: 0,
    end: text.length,
  };
}

/** Serves the real widget and the real demo page, with scripted answers behind them. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const widgetDir = await mkdtemp(join(tmpdir(), "aura-widget-"));
  await buildWidget(widgetDir);

  const asked: Asked[] = [];
  const messages: Message[] = [];
  const visitors: string[] = [];
  const pages = new Map<string, Response>();
  let replies: Reply[] = [(turn) => echo(turn)];
  let lastId = 100;

  const app = new Hono();
  app.post("/api/v1/orcha/visitor", (c) => {
    visitors.push(`visitor-${visitors.length + 1}`);
    return c.json({ visitor: visitors.at(-1) });
  });
  app.get("/api/v1/orcha/conversations/:id/messages", (c) => {
    if (messages.length > 0) return c.json({ data: messages, next_cursor: null });
    return c.json({ code: "conversation_not_found", detail: "Not yours." }, 404);
  });
  app.post("/api/v1/orcha/chat-v2", async (c) => {
    const question: Asked = { body: await c.req.json(), headers: c.req.raw.headers };
    asked.push(question);
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? echo;
    lastId += 1;
    return runReply(reply, question, lastId, messages);
  });
  app.get("/host/*", (c) => pages.get(c.req.path)?.clone() ?? c.notFound());
  app.route("/", await widgetRoutes({ widgetDir, frameApiOrigins: [] }));
  app.route("/", await demoRoutes({ widgetDir }));

  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
      resolve(started),
    );
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    messages,
    visitors,
    reply: (...next) => {
      replies = next;
    },
    page: (path, html, headers = {}) => {
      pages.set(path, new Response(html, { headers: { "Content-Type": "text/html", ...headers } }));
    },
    async [Symbol.asyncDispose]() {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(widgetDir, { recursive: true, force: true });
    },
  };
}

function echo(turn: ScriptedTurn): void {
  turn.start();
  turn.delta(`You said: ${turn.asked.body.text}`);
  turn.end();
}

async function runReply(
  reply: Reply,
  asked: Asked,
  id: number,
  messages: Message[],
): Promise<Response> {
  let write: (text: string) => void = () => undefined;
  let close: () => void = () => undefined;
  let abort: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      write = (text) => controller.enqueue(encoder.encode(text));
      close = () => controller.close();
      abort = () => controller.error(new Error("cut"));
    },
  });
  const turn = scriptedTurn(asked, id, messages, { write, close, abort });
  const refusal = await reply(turn);
  if (refusal) return refuse(refusal.refuse);
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

function refuse(code: ErrorCode): Response {
  const { chatStatus, message } = ERRORS[code];
  return Response.json(
    { success: false, message, data: { text: "", conversation_id: null } },
    { status: chatStatus, headers: { "X-Orcha-Error": code } },
  );
}

function scriptedTurn(
  asked: Asked,
  id: number,
  messages: Message[],
  out: { write(text: string): void; close(): void; abort(): void },
): ScriptedTurn {
  const conversationId = Number(asked.body.conversation_id ?? 4311770212345678);
  let contexts: readonly Passage[] | undefined;
  let text = "";

  const send = (event: TurnEvent) =>
    out.write(`event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
  const data = () => ({
    text,
    conversation_id: conversationId,
    ...(contexts && { contexts: [...contexts] }),
  });
  const keep = (status: Message["status"], error: Message["error"]) => {
    const shared = { turn_id: id, created_at: "2026-01-01T00:00:00.000Z", status, error };
    messages.push({ id: id * 2, role: "visitor", text: String(asked.body.text), ...shared });
    if (text !== "") {
      messages.push({ id: id * 2 + 1, role: "assistant", ...data(), ...shared });
    }
  };
  return {
    asked,
    start(found) {
      contexts = found;
      const ids = { turn_id: id, conversation_id: conversationId, message_id: id * 2 + 1 };
      send({ event: "turn-start", data: ids });
      if (found) send({ event: "contexts", data: { contexts: [...found] } });
    },
    delta(piece) {
      text += piece;
      send({ event: "text-delta", data: { text: piece } });
    },
    end(final = text) {
      text = final;
      keep("done", null);
      send({
        event: "turn-end",
        data: {
          success: true,
          message: "",
          data: data(),
          usage: { input_tokens: 1, output_tokens: 1 },
          model: "scripted/model",
          finish_reason: "stop",
          sha256: createHash("sha256").update(text).digest("hex"),
        },
      });
      out.close();
    },
    fail(code) {
      const { message, retryable } = ERRORS[code];
      keep("failed", { code, message, retryable });
      send({
        event: "turn-error",
        data: { success: false, message, data: data(), code, retryable },
      });
      out.close();
    },
    cut: out.abort,
  };
}
