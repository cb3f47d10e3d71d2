import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ERRORS,
  type ErrorCode,
  type Message,
  type Context as Passage,
  storedTenantSettingsSchema,
} from "@orcha/contract";
import { demoRoutes } from "../../apps/server/src/http/routes/demo.ts";
import { widgetRoutes } from "../../apps/server/src/http/routes/widget.ts";
import { widgetPageRoutes } from "../../apps/server/src/http/routes/widget-page.ts";
import { mountPages } from "../../apps/server/src/http/testing/mount-pages.ts";
import { buildWidget } from "../../apps/widget/build.mjs";
import { startFetchServer } from "./fetch-server.ts";
import { type Asked, type ScriptedTurn, scriptedTurn, type TurnIds } from "./scripted-turn.ts";

/** Answers one message: by its turn, or by refusing it before there is one, in the usual words or in others. */
export type Reply = (turn: ScriptedTurn) => void | Promise<void> | Refusal;
interface Refusal {
  readonly refuse: ErrorCode;
  readonly message?: string | undefined;
}

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
  /** What every tenant has decided, whatever a real server would let it. */
  decide(settings: { readonly name?: string }): void;
}

const FIRST_CONVERSATION = 4311770212345678;

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

const ANY_ORIGIN = [
  ["Access-Control-Allow-Origin", "*"],
  [
    "Access-Control-Allow-Headers",
    "content-type, authorization, idempotency-key, last-event-id, x-aura-visitor",
  ],
  ["Access-Control-Expose-Headers", "X-Orcha-Error, X-Aura-Visitor"],
] as const;

/** Serves the real widget and the real demo page, with scripted answers behind them. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const widgetDir = await mkdtemp(join(tmpdir(), "aura-widget-"));
  await buildWidget(widgetDir);
  const settings = storedTenantSettingsSchema.parse({ name: "Assistant" });
  let decided: Parameters<ScriptedServer["decide"]>[0] = {};
  const resolveTenant = async (id = "external_widget") => ({
    tenant: { id, settings: { ...settings, ...decided } },
    label: "",
  });
  const pagesOfOurs = mountPages([
    ...(await widgetRoutes({
      widgetDir,
      frameApiOrigins: [],
      resolveTenant,
    })),
    ...(await widgetPageRoutes({ widgetDir })),
    ...(await demoRoutes({ widgetDir })),
  ]);

  const asked: Asked[] = [];
  const messages: Message[] = [];
  const visitors: string[] = [];
  const conversations = new Map<number, number>();
  const pages = new Map<string, Response>();
  let replies: Reply[] = [];

  const chat = async (request: Request) => {
    const question: Asked = { body: await request.json(), headers: request.headers };
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    asked.push(question);
    // Another one for each that begins.
    const id = Number(question.body.conversation_id ?? FIRST_CONVERSATION + messages.length);
    conversations.set(asked.length, id);
    return runReply(reply, question, { turn: asked.length, conversation: id }, messages);
  };
  const answer = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "OPTIONS") return new Response(null, { status: 204 });
    if (pathname === "/api/v1/orcha/chat-v2") return chat(request);
    if (/^\/api\/v1\/orcha\/visitor(\/reset)?$/.test(pathname)) {
      visitors.push(`visitor-${visitors.length + 1}`);
      return Response.json({ visitor: visitors.at(-1) });
    }
    if (pathname.startsWith("/api/v1/orcha/conversations/")) {
      const id = Number(pathname.split("/")[5]);
      return transcript(messages.filter((m) => (conversations.get(m.turn_id) ?? id) === id));
    }
    const [, of, id] = /\/orcha\/(turns|messages)\/(\d+)\/(?:stop|feedback)$/.exec(pathname) ?? [];
    if (of === "turns") return Response.json({ turn_id: Number(id), status: "stopped" });
    if (of === "messages") return Response.json({ message_id: Number(id) });
    return pages.get(pathname)?.clone() ?? pagesOfOurs.fetch(request);
  };
  const server = await startFetchServer(async (request) => {
    const response = await answer(request);
    // A sandboxed frame is a stranger even to the server it comes from.
    if (request.headers.get("origin") === "null")
      for (const [name, value] of ANY_ORIGIN) response.headers.set(name, value);
    return response;
  });

  return {
    url: server.url,
    asked,
    messages,
    visitors,
    reply: (...next) => {
      replies = next;
    },
    page: (path, html, headers = {}) => {
      pages.set(path, new Response(html, { headers: { "Content-Type": "text/html", ...headers } }));
    },
    decide: (next) => {
      decided = next;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(widgetDir, { recursive: true, force: true });
    },
  };
}

function transcript(messages: readonly Message[]): Response {
  if (messages.length > 0) return Response.json({ data: messages, next_cursor: null });
  return Response.json({ code: "conversation_not_found", detail: "Not yours." }, { status: 404 });
}

async function runReply(
  reply: Reply | undefined,
  asked: Asked,
  ids: TurnIds,
  messages: Message[],
): Promise<Response> {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(started) {
      controller = started;
    },
  });
  const turn = scriptedTurn(asked, ids, messages, {
    write: (text) => controller?.enqueue(encoder.encode(text)),
    close: () => controller?.close(),
    abort: () => controller?.error(new Error("cut")),
  });
  const refusal = await reply?.(turn);
  if (!refusal) return new Response(body, { headers: { "Content-Type": "text/event-stream" } });

  const { chatStatus, message } = ERRORS[refusal.refuse];
  return Response.json(
    {
      success: false,
      message: refusal.message ?? message,
      data: { text: "", conversation_id: null },
    },
    { status: chatStatus, headers: { "X-Orcha-Error": refusal.refuse } },
  );
}
