import {
  type ChatResponse,
  type Context,
  chatResponseSchema,
  type MessagePage,
  messagePageSchema,
  TURN_EVENTS,
  type TurnEvent,
  visitorResponseSchema,
} from "@orcha/contract";
import { pino } from "pino";
import { loadConfig } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import type { Route } from "../http/access/route.ts";
import { type RunningServer, startServer } from "../server.ts";
import type { ChatModel, ChatModelRequest, ModelPart, Retriever } from "../turns/ports.ts";
import type { Engine, TestStorage } from "./databases.ts";

/** What the scripted model does with one request. */
export type Reply = (
  request: ChatModelRequest,
  signal: AbortSignal,
) => AsyncIterable<string> | Iterable<string>;

export interface ScriptedModel extends ChatModel {
  /** What it was asked, in order. */
  readonly requests: ChatModelRequest[];
  reply: Reply;
}

/** A model that says what the test tells it to. */
function scriptedModel(reply: Reply = () => ["Noted."]): ScriptedModel {
  const model: ScriptedModel = {
    name: "scripted",
    alwaysRetrieves: false,
    requests: [],
    reply,
    async *stream(request, signal): AsyncGenerator<ModelPart> {
      model.requests.push(request);
      for await (const text of model.reply(request, signal)) yield { type: "text", text };
      const usage = { inputTokens: 7, outputTokens: 3 };
      yield { type: "finish", finishReason: "stop", usage, model: "scripted/one" };
    },
  };
  return model;
}

export const passage: Context = {
  id: "1",
  title: null,
  source: "a.md",
  url: null,
  text: "A passage.",
  score: 1,
  page: null,
  start: 0,
  end: 10,
};

/** A retriever that finds the same passages whatever is asked. */
export function fixedRetriever(contexts: readonly Context[] = []): Retriever {
  return { retrieve: async () => ({ contexts, corpusIsEmpty: contexts.length === 0 }) };
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** Its policy table. */
  readonly routes: readonly Route[];
  readonly database: Database;
  readonly model: ScriptedModel;
  /** Posts to chat-v2 as JSON. */
  chat(body: unknown, headers?: Record<string, string>): Promise<ChatResult>;
  /** Posts to chat-v2 and reads the event stream to its end. */
  stream(body: unknown, headers?: Record<string, string>): Promise<StreamResult>;
  /** A new visitor secret. */
  visitor(): Promise<string>;
  /** The transcript as the bearer of the secret reads it. */
  messages(conversationId: number | null, visitor: string, query?: string): Promise<MessagePage>;
  /** Takes the database away; the answer gives it back. */
  loseDatabase(): Promise<() => Promise<void>>;
  /** Another server on the same storage, as behind a load balancer. */
  replica(): Promise<TestServer>;
  /** Stops the process's server and starts another on the same storage. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChatResult extends ChatResponse {
  readonly status: number;
  readonly headers: Headers;
}

export interface StreamResult {
  readonly status: number;
  readonly headers: Headers;
  readonly ids: readonly string[];
  readonly events: readonly TurnEvent[];
}

export interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly model?: ScriptedModel;
  readonly retriever?: Retriever;
}

/** A whole server on a free port with a storage of its own; only the model is scripted. */
export async function startTestServer(
  engine: Engine,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const storage = await engine.create();
  return serve(storage, options, async () => {
    await storage[Symbol.asyncDispose]();
  });
}

async function serve(
  storage: TestStorage,
  options: TestServerOptions,
  afterwards: () => Promise<void>,
): Promise<TestServer> {
  const model = options.model ?? scriptedModel();
  let started = await start(storage, model, options);

  const stop = async () => {
    await started.server.stop();
    await started.database[Symbol.asyncDispose]();
  };
  return {
    get url() {
      return started.server.url;
    },
    get routes() {
      return started.server.routes;
    },
    get database() {
      return started.database;
    },
    model,
    async chat(body, headers) {
      const response = await post(started.server.url, "chat-v2", body, headers);
      const answer = chatResponseSchema.strict().parse(await response.json());
      return { status: response.status, headers: response.headers, ...answer };
    },
    async stream(body, headers) {
      const accept = { accept: "text/event-stream", ...headers };
      const response = await post(started.server.url, "chat-v2", body, accept);
      return {
        status: response.status,
        headers: response.headers,
        ...parseFrames(await response.text()),
      };
    },
    async visitor() {
      const response = await post(started.server.url, "visitor", {});
      return visitorResponseSchema.parse(await response.json()).visitor;
    },
    async messages(conversationId, visitor, query = "") {
      const path = `conversations/${conversationId}/messages${query}`;
      const response = await fetch(`${started.server.url}/api/v1/orcha/${path}`, {
        headers: { "x-aura-visitor": visitor },
      });
      return messagePageSchema.parse(await response.json());
    },
    loseDatabase: () => storage.takeAway(),
    stop: () => started.server.stop(),
    replica: () => serve(storage, { ...options, model }, async () => {}),
    async restart() {
      await stop();
      started = await start(storage, model, options);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await afterwards();
    },
  };
}

function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/v1/orcha/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Checks each frame's data against its event's schema. */
function parseFrames(text: string): Pick<StreamResult, "ids" | "events"> {
  const ids: string[] = [];
  const events: TurnEvent[] = [];
  for (const frame of text.split("\n\n")) {
    const [, id, event, data] = /^id: (.+)\nevent: (.+)\ndata: (.+)$/.exec(frame) ?? [];
    if (!id || !event || !data) continue;
    const schema = TURN_EVENTS[event as keyof typeof TURN_EVENTS]; // an unknown name fails in the next line
    ids.push(id);
    events.push({ event, data: schema.strict().parse(JSON.parse(data)) } as TurnEvent);
  }
  return { ids, events };
}

async function start(
  storage: TestStorage,
  model: ScriptedModel,
  options: TestServerOptions,
): Promise<{ server: RunningServer; database: Database }> {
  const database = await storage.open();
  const server = await startServer({
    config: loadConfig({
      PORT: "0",
      ORCHA_DRAIN_SECONDS: "1",
      ORCHA_RATE_LIMITS: "off",
      ...options.env,
    }),
    database,
    models: () => ({ modelOf: async () => model, findProblem: async () => undefined }),
    retriever: options.retriever ?? fixedRetriever(),
    searcher: options.retriever ?? fixedRetriever(),
    log: pino({ level: "silent" }),
    version: "0.0.0",
    pages: async () => [],
  });
  return { server, database };
}
