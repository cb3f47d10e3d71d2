import type { ListMessagesOptions, MessagePage } from "@orcha/client";
import { type ConnectionDeps, connect } from "./connection.ts";
import { mergeTurns } from "./merge-turns.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import { type Turn, turnsOf } from "./turn.ts";

/** What showing a conversation needs from the outside. */
export interface ConversationDeps extends ConnectionDeps {
  listMessages(options: ListMessagesOptions): Promise<MessagePage>;
}

/** The turns on screen, and the transcript that they come from. */
export interface Conversation {
  readonly turns: ReadonlySignal<readonly Signal<Turn>[]>;
  /** Where the part of the transcript that is not shown ends; null when all of it is. */
  readonly earlier: ReadonlySignal<string | null>;
  /** Fires when the visitor leaves this conversation for a new one. */
  readonly left: AbortSignal;
  /** Puts a turn at the end, also one that stood elsewhere. */
  append(turn: Signal<Turn>): void;
  /** Leaves one showing of a turn: a reload or another tab may have brought it before its stream did. */
  unite(turn: Signal<Turn>): void;
  /** The latest turns as the server keeps them. */
  read(): Promise<readonly Turn[]>;
  /** Takes over what was read. */
  merge(page: readonly Turn[]): void;
  /** Shows the end of the transcript, for the first time. */
  restore(): Promise<void>;
  loadEarlier(): Promise<void>;
  leave(): void;
}

/** Makes an empty conversation. */
export function createConversation(deps: ConversationDeps): Conversation {
  const turns = signal<readonly Signal<Turn>[]>([]);
  const earlier = signal<string | null>(null);
  let current = new AbortController();

  const readPage = (cursor?: string | null) => {
    const conversationId = deps.store.conversation() ?? "";
    return deps.listMessages({ ...connect(deps, current.signal), conversationId, cursor });
  };
  const merge = (page: readonly Turn[]) => {
    turns.value = mergeTurns(turns.value, page);
  };
  const take = async (cursor?: string | null) => {
    const { signal: left } = current;
    const page = await readPage(cursor);
    if (left.aborted) return;
    merge(turnsOf(page.data));
    earlier.value = page.next_cursor;
  };

  return {
    turns,
    earlier,
    get left() {
      return current.signal;
    },
    append(turn) {
      turns.value = [...turns.value.filter((other) => other !== turn), turn];
    },
    unite(turn) {
      const { id } = turn.value;
      turns.value = turns.value.filter((other) => other === turn || other.value.id !== id);
    },
    read: async () => turnsOf((await readPage()).data),
    merge,
    restore: take,
    // A failure leaves the button where it is, to be pressed again.
    loadEarlier: () => take(earlier.value).catch(() => undefined),
    leave() {
      current.abort();
      current = new AbortController();
      turns.value = [];
      earlier.value = null;
    },
  };
}
