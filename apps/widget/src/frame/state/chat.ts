import type { ListMessagesOptions, MessageOptions, MessagePage, TurnEvent } from "@orcha/client";
import type { FrameOptions } from "../../protocol.ts";
import type { Announcer } from "./announcer.ts";
import { followTurn } from "./follow-turn.ts";
import { failureOf, type SendDeps, sendTurn } from "./send.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import type { Store } from "./store.ts";
import { checkDraft } from "./text-limit.ts";
import { askedTurn, type Turn, turnsOf } from "./turn.ts";

/** What the chat needs from the outside: the client, what is remembered, time. */
export interface ChatDeps {
  stream(message: MessageOptions): AsyncIterable<TurnEvent>;
  listMessages(options: ListMessagesOptions): Promise<MessagePage>;
  requestVisitor(options: {
    apiBaseUrl: string;
    tenantId?: string | null | undefined;
  }): Promise<string>;
  wait(ms: number): Promise<void>;
  token(): Promise<string | undefined>;
  options(): FrameOptions;
  readonly store: Store;
  readonly announcer: Announcer;
}

/** How the transcript of an earlier visit is doing. */
export type Restoring = "no" | "loading" | { readonly failed: string };

/** The conversation on screen. */
export interface Chat {
  readonly turns: ReadonlySignal<readonly Signal<Turn>[]>;
  /** True while an answer is awaited: nothing else can be sent. */
  readonly busy: ReadonlySignal<boolean>;
  readonly restoring: ReadonlySignal<Restoring>;
  readonly hasEarlier: ReadonlySignal<boolean>;
  /** Takes a message and says whether it did; a second click while the first is under way is not taken. */
  send(text: string): boolean;
  retry(turn: Signal<Turn>): void;
  newConversation(): void;
  /** Brings the transcript of this tab's conversation back. */
  restore(): Promise<void>;
  loadEarlier(): Promise<void>;
}

/** Makes the state of one chat. */
export function createChat(deps: ChatDeps): Chat {
  const turns = signal<readonly Signal<Turn>[]>([]);
  const busy = signal(false);
  const restoring = signal<Restoring>("no");
  const earlier = signal<string | null>(null);
  const hasEarlier = signal(false);
  let current = new AbortController();

  const run = async (turn: Signal<Turn>, work: () => Promise<void>) => {
    const { signal: abort } = current;
    busy.value = true;
    await work();
    if (abort.aborted) return;
    busy.value = false;
    const { failure } = turn.value;
    if (failure) deps.announcer.say(failure.message);
  };
  const ask = async (turn: Signal<Turn>) => {
    const connection = await connect(deps, current.signal);
    await sendTurn(turn, connection, sendDeps(deps, recover));
  };
  const recover = (id: number) => {
    const abort = current.signal;
    const readMessages = async () => (await readPage(deps, abort)).data;
    return followTurn(id, { readMessages, wait: deps.wait });
  };
  const setEarlier = (cursor: string | null) => {
    earlier.value = cursor;
    hasEarlier.value = cursor !== null;
  };
  const awaitPending = (turn: Signal<Turn>) =>
    run(turn, async () => {
      const { id } = turn.value;
      const found = id === undefined ? undefined : await recover(id).catch(() => undefined);
      turn.value = found ?? { ...turn.value, phase: "failed", failure: LOST };
      if (found?.phase === "done") deps.announcer.answer()(found.answer, true);
    });

  return {
    turns,
    busy,
    restoring,
    hasEarlier,
    send(text) {
      if (busy.value || !checkDraft(text).canSend) return false;
      const turn = signal(askedTurn(text.trim()));
      turns.value = [...turns.value, turn];
      void run(turn, () => ask(turn));
      return true;
    },
    retry(turn) {
      if (busy.value) return;
      const { id, question, failure } = turn.value;
      // Only the last turn of a conversation can be replaced.
      turn.value = { ...askedTurn(question), id: turns.value.at(-1) === turn ? id : undefined };
      turns.value = [...turns.value.filter((other) => other !== turn), turn];
      void run(turn, async () => {
        // A broken connection says nothing about the answer: it may be there already.
        const lost = failure?.code === "network" && id !== undefined;
        const found = lost ? await recover(id).catch(() => undefined) : undefined;
        if (found?.phase === "done") turn.value = found;
        else await ask(turn);
      });
    },
    newConversation() {
      current.abort();
      current = new AbortController();
      deps.store.setConversation(undefined);
      turns.value = [];
      busy.value = false;
      restoring.value = "no";
      setEarlier(null);
    },
    async restore() {
      if (deps.store.conversation() === undefined) return;
      const abort = current.signal;
      restoring.value = "loading";
      busy.value = true;
      try {
        const page = await readPage(deps, abort);
        turns.value = turnsOf(page.data).map((turn) => signal(turn));
        setEarlier(page.next_cursor);
        restoring.value = "no";
      } catch (error) {
        if (abort.aborted) return;
        restoring.value = afterFailedRestore(error, deps.store);
      }
      busy.value = false;
      const last = turns.value.at(-1);
      if (last?.value.phase === "waiting") await awaitPending(last);
    },
    async loadEarlier() {
      const abort = current.signal;
      // A failure leaves the button where it is, to be pressed again.
      const page = await readPage(deps, abort, earlier.value).catch(() => undefined);
      if (!page || abort.aborted) return;
      const known = new Set(turns.value.map((turn) => turn.value.id));
      const older = turnsOf(page.data).filter((turn) => !known.has(turn.id));
      turns.value = [...older.map((turn) => signal(turn)), ...turns.value];
      setEarlier(page.next_cursor);
    },
  };
}

const LOST = { code: "network", message: "The connection was lost. Please try again." };

/** Who is asking, and where: the same for every call, fresh each time because the page may change it. */
async function connect(deps: ChatDeps, abort: AbortSignal) {
  const { apiBaseUrl, tenantId, userId, useRag, hasToken } = deps.options();
  const { store } = deps;
  if (store.visitor() === undefined) {
    // Without a secret the server makes one with the answer; so a failure here is not the end.
    const visitor = await deps.requestVisitor({ apiBaseUrl, tenantId }).catch(() => undefined);
    if (visitor) store.setVisitor(visitor);
  }
  return {
    apiBaseUrl,
    tenantId,
    userId,
    useRag: useRag ?? true,
    authToken: hasToken ? deps.token : undefined,
    visitor: store.visitor(),
    onVisitor: store.setVisitor,
    signal: abort,
  };
}

async function readPage(deps: ChatDeps, abort: AbortSignal, cursor?: string | null) {
  const conversationId = deps.store.conversation() ?? "";
  return deps.listMessages({ ...(await connect(deps, abort)), conversationId, cursor });
}

function sendDeps(deps: ChatDeps, recover: SendDeps["recover"]): SendDeps {
  return {
    stream: deps.stream,
    conversation: deps.store.conversation,
    setConversation: deps.store.setConversation,
    tell: deps.announcer.answer(),
    recover,
  };
}

function afterFailedRestore(error: unknown, store: Store): Restoring {
  const { code, message } = failureOf(error);
  if (code !== "conversation_not_found" && code !== "not_found") return { failed: message };
  store.setConversation(undefined);
  return "no";
}
