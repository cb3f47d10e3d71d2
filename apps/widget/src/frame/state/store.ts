import { type OutgoingMessage, parseMessage, parseQueue, type QueuedMessage } from "./message.ts";

/** What the frame remembers: conversation and unsent message for this tab, the visitor secret for this browser. */
export interface Store {
  /** Whose memory this is. */
  readonly scope: string;
  /** Goes on with somebody else's memory; with `brings` everything of the one before becomes theirs. */
  enter(scope: string, brings: boolean): void;
  conversation(): string | undefined;
  setConversation(id: number | undefined): void;
  /** The message that the server may not have got yet; a reload sends it again. */
  outbox(): OutgoingMessage | undefined;
  setOutbox(message: OutgoingMessage | undefined): void;
  /** Messages that wait to be sent, the first one first. */
  queue(): readonly QueuedMessage[];
  setQueue(messages: readonly QueuedMessage[]): void;
  visitor(): string | undefined;
  setVisitor(secret: string): void;
  /** The text that the visitor agreed to. */
  consent(): string | undefined;
  setConsent(text: string): void;
}

type Area = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The name that everything of one widget is kept under: its server, tenant and user, and who signed in. */
export function scopeName(
  api: string,
  tenantId?: string | null | undefined,
  userId?: number | string | null | undefined,
  signedIn?: string | undefined,
): string {
  const name = [api, tenantId ?? "", `${userId ?? ""}`];
  return JSON.stringify(signedIn === undefined ? name : [...name, signedIn]);
}

/** Where a store keeps things. */
export interface StoreAreas {
  readonly tab: Area | undefined;
  readonly browser: Area | undefined;
  /** The widget's id on its page: each of several keeps its own conversation, of one and the same visitor. */
  readonly id?: string | undefined;
}

/**
 * Storage of one widget; what a browser refuses to keep stays in memory.
 *
 * @param onConversation hears of every other conversation that is set
 */
export function createStore(
  first: string,
  { tab, browser, id = "default" }: StoreAreas,
  onConversation: (id: string | undefined) => void = () => undefined,
): Store {
  let scope = first;
  const ofWidget = () => (id === "default" ? scope : `${scope}${id}`);
  const slots = [
    createSlot(tab, "conversation", ofWidget),
    createSlot(tab, "outbox", ofWidget),
    createSlot(tab, "queue", ofWidget),
    createSlot(browser, "visitor", () => scope),
    createSlot(browser, "consent", () => scope),
  ] as const;
  const [conversation, outbox, queue, visitor, consent] = slots;
  return {
    get scope() {
      return scope;
    },
    enter(next, brings) {
      const brought = slots.map((slot) => (brings ? slot.take() : undefined));
      scope = next;
      for (const [index, slot] of slots.entries()) if (brought[index]) slot.set(brought[index]);
    },
    conversation: conversation.get,
    setConversation(id) {
      const next = id === undefined ? undefined : String(id);
      const before = conversation.get();
      conversation.set(next);
      if (next !== before) onConversation(next);
    },
    outbox: () => parseMessage(outbox.get()),
    setOutbox: (message) => outbox.set(message && JSON.stringify(message)),
    queue: () => parseQueue(queue.get()),
    setQueue: (messages) => queue.set(messages.length > 0 ? JSON.stringify(messages) : undefined),
    visitor: visitor.get,
    setVisitor: visitor.set,
    consent: consent.get,
    setConsent: consent.set,
  };
}

/** The browser's storage; undefined where cookies are blocked, which throws on mere access. */
export function findStorage(name: "sessionStorage" | "localStorage"): Storage | undefined {
  try {
    return window[name];
  } catch {
    return undefined;
  }
}

function createSlot(area: Area | undefined, name: string, scope: () => string) {
  const inMemory = new Map<string, string | undefined>();
  const key = () => `aura:${name}:${scope()}`;
  const get = (): string | undefined => {
    try {
      return area?.getItem(key()) ?? inMemory.get(key());
    } catch {
      return inMemory.get(key());
    }
  };
  const set = (value: string | undefined): void => {
    inMemory.set(key(), value);
    try {
      if (value === undefined) area?.removeItem(key());
      else area?.setItem(key(), value);
    } catch {
      // Full or blocked: memory has to do until the page is closed.
    }
  };
  return {
    get,
    set,
    take(): string | undefined {
      const value = get();
      set(undefined);
      return value;
    },
  };
}
