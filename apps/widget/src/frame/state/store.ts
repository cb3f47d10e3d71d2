import { type OutgoingMessage, parseMessage } from "./message.ts";

/** What the frame remembers: conversation and unsent message for this tab, the visitor secret for this browser. */
export interface Store {
  conversation(): string | undefined;
  setConversation(id: number | undefined): void;
  /** The message that the server may not have got yet; a reload sends it again. */
  outbox(): OutgoingMessage | undefined;
  setOutbox(message: OutgoingMessage | undefined): void;
  visitor(): string | undefined;
  setVisitor(secret: string): void;
}

type Area = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The name that everything of one widget is kept under: its server, tenant and user. */
export function scopeName(
  api: string,
  tenantId?: string | null | undefined,
  userId?: number | string | null | undefined,
): string {
  return JSON.stringify([api, tenantId ?? "", `${userId ?? ""}`]);
}

/** Storage of one widget; what a browser refuses to keep stays in memory. */
export function createStore(
  scope: string,
  areas: { readonly tab: Area | undefined; readonly browser: Area | undefined },
): Store {
  const conversation = createSlot(areas.tab, `aura:conversation:${scope}`);
  const outbox = createSlot(areas.tab, `aura:outbox:${scope}`);
  const visitor = createSlot(areas.browser, `aura:visitor:${scope}`);
  return {
    conversation: conversation.get,
    setConversation: (id) => conversation.set(id === undefined ? undefined : String(id)),
    outbox: () => parseMessage(outbox.get()),
    setOutbox: (message) => outbox.set(message && JSON.stringify(message)),
    visitor: visitor.get,
    setVisitor: visitor.set,
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

function createSlot(area: Area | undefined, key: string) {
  let inMemory: string | undefined;
  return {
    get(): string | undefined {
      try {
        return area?.getItem(key) ?? inMemory;
      } catch {
        return inMemory;
      }
    },
    set(value: string | undefined): void {
      inMemory = value;
      try {
        if (value === undefined) area?.removeItem(key);
        else area?.setItem(key, value);
      } catch {
        // Full or blocked: memory has to do until the page is closed.
      }
    },
  };
}
