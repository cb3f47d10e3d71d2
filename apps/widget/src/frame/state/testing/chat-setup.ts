import {
  type ConnectionOptions,
  type Context,
  type Message,
  OrchaClientError,
  type PageContext,
  type StoppedTurn,
  type TurnEvent,
} from "@orcha/client";
import type { FrameOptions } from "../../../protocol.ts";
import "../../i18n/testing/speak-english.ts";
import { createAnnouncer } from "../announcer.ts";
import { type ChatDeps, createChat } from "../chat.ts";
import type { Signal } from "../signal.ts";
import { createStore, type Store, scopeName } from "../store.ts";
import type { Turn } from "../turn.ts";

/** What a scripted stream does next: gives an event, throws, waits, or acts on the connection. */
export type Step = TurnEvent | Error | Promise<unknown> | ((connection: ConnectionOptions) => void);

export const CONTEXT: Context = {
  id: "c1",
  title: "Guide",
  source: "guide.md",
  url: null,
  text: "Passage",
  score: 1,
  page: null,
  start: 0,
  end: 7,
};

export const startOf = (turnId: number): TurnEvent => ({
  event: "turn-start",
  data: { turn_id: turnId, conversation_id: 12, message_id: turnId + 1 },
});
export const start = startOf(5);
export const delta = (text: string): TurnEvent => ({ event: "text-delta", data: { text } });
export const end = (
  text: string,
  contexts?: Context[],
  finish_reason: "stop" | "stopped" = "stop",
): TurnEvent => ({
  event: "turn-end",
  data: {
    success: true,
    message: "",
    data: { text, conversation_id: 12, contexts },
    usage: { input_tokens: 1, output_tokens: 1 },
    model: "m",
    finish_reason,
    sha256: "",
  },
});
export const turnError = (
  code: "model_unavailable" | "model_timeout" | "answer_blocked",
  text = "",
): TurnEvent => ({
  event: "turn-error",
  data: {
    success: false,
    message: `Sentence for ${code}.`,
    data: { text, conversation_id: 12 },
    code,
    retryable: code !== "answer_blocked",
  },
});
export const failure = (code: ConstructorParameters<typeof OrchaClientError>[0]) =>
  new OrchaClientError(code, `Sentence for ${code}.`);

export function message(role: Message["role"], text: string, rest: Partial<Message> = {}): Message {
  const created_at = "2026-01-01T00:00:00.000Z";
  return { id: 1, turn_id: 5, role, text, created_at, status: "done", error: null, ...rest };
}

/** A gate in a script: the stream waits until it is opened. */
export function gate() {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

/** A chat whose server answers with the scripts given, one per message, and `resumed` one per turn that is followed. */
export function setup({
  scripts = [],
  resumed = [],
  store = memory(),
}: {
  readonly scripts?: Step[][];
  readonly resumed?: Step[][];
  readonly store?: Store;
} = {}) {
  const sent: Parameters<ChatDeps["stream"]>[0][] = [];
  const followed: number[] = [];
  const stopped: number[] = [];
  const told: number[] = [];
  const reads: (number | string)[] = [];
  const pages: (Message[] | Error)[] = [];
  const cursors: (string | null)[] = [];
  const announcer = createAnnouncer();
  const events: [string, object][] = [];
  let options: FrameOptions = { apiBaseUrl: "", token: 0, colorScheme: "light" };
  let page: PageContext | undefined;
  let isOnline = true;
  let mayAsk = true;
  let keys = 0;
  let who: string | Error | undefined;
  let tells: Promise<void> | undefined;
  let requiresSignIn = false;
  let resets = 0;
  let stopStatus: StoppedTurn["status"] | Error = "stopped";
  const deps: ChatDeps = {
    async *stream(asked) {
      sent.push(asked);
      yield* play(scripts.shift() ?? [], asked);
    },
    async *resume(options) {
      followed.push(options.turnId);
      yield* play(resumed.shift() ?? [failure("network")], options);
    },
    async stop({ turnId }) {
      stopped.push(turnId);
      if (stopStatus instanceof Error) throw stopStatus;
      return { turn_id: turnId, status: stopStatus };
    },
    async listMessages({ conversationId }) {
      reads.push(conversationId);
      const page = (pages.length > 1 ? pages.shift() : pages[0]) ?? [];
      if (page instanceof Error) throw page;
      return { data: page, next_cursor: cursors.shift() ?? null };
    },
    requestVisitor: async () => "visitor-secret",
    askContext: async () => page,
    isOnline: () => isOnline,
    emit: (name, detail) => void events.push([name, detail]),
    mayAsk: () => mayAsk,
    createKey: () => `key-${++keys}`,
    tellTabs: (conversation) => told.push(conversation),
    authToken: () => (who === undefined ? undefined : () => `jwt of ${who}`),
    signedInAs: async () => {
      await tells;
      if (who instanceof Error) throw who;
      return who;
    },
    resetVisitor: async () => `secret after reset ${++resets}`,
    get requiresSignIn() {
      return requiresSignIn;
    },
    options: () => ({ ...options, token: who ? 1 : 0 }),
    store,
    announcer,
  };
  const chat = createChat(deps);
  return {
    chat,
    store,
    sent,
    followed,
    stopped,
    told,
    reads,
    pages,
    cursors,
    turns: () => chat.turns.value.map((turn) => turn.value),
    said: () => announcer.announcements.value.map(({ text }) => text),
    /** Resolves once nothing is being answered. */
    settled: () => until(chat.activity, (activity) => activity === "idle"),
    /** The last turn, once it looks like that. */
    last: async (condition: (turn: Turn) => boolean) => {
      const turn = chat.turns.value.at(-1);
      if (!turn) throw new Error("There is no turn.");
      await until(turn, condition);
      return turn;
    },
    retry: () => {
      const turn = chat.turns.value.at(-1);
      if (turn) chat.retry(turn);
    },
    /** The page says that somebody else is there, once `after` is over; an error that it cannot tell. */
    signIn: (name: string | Error | undefined, after?: Promise<void>) => {
      who = name;
      tells = after;
      return chat.identify();
    },
    requireSignIn: () => {
      requiresSignIn = true;
    },
    /** What the page's listeners were told. */
    events,
    setOptions: (next: Partial<FrameOptions>) => {
      options = { ...options, ...next };
    },
    /** What the page says of itself. */
    setPage: (next: PageContext | undefined) => {
      page = next;
    },
    /** Whether the visitor has agreed to what the page asks for. */
    setMayAsk: (next: boolean) => {
      mayAsk = next;
      chat.wake();
    },
    setOnline: (next: boolean) => {
      isOnline = next;
      if (next) chat.wake();
    },
    stopsWith: (status: StoppedTurn["status"] | Error) => {
      stopStatus = status;
    },
  };
}

/** What one tab remembers without any storage. */
export function memory(): Store {
  return createStore(scopeName(""), { tab: undefined, browser: undefined });
}

async function* play(steps: readonly Step[], connection: ConnectionOptions) {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    if (step instanceof Promise) await step;
    else if (typeof step === "function") step(connection);
    else yield step;
  }
}

/** Resolves as soon as the signal's value meets the condition. */
export function until<Value>(
  source: Pick<Signal<Value>, "value" | "subscribe">,
  condition: (value: Value) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    if (condition(source.value)) return resolve();
    const stop = source.subscribe(() => {
      if (!condition(source.value)) return;
      stop();
      resolve();
    });
  });
}
