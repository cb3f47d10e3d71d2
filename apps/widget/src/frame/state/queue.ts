import type { Activity } from "./answering.ts";
import { isFresh } from "./compose.ts";
import type { QueuedMessage } from "./message.ts";
import { type ReadonlySignal, signal } from "./signal.ts";
import type { Store } from "./store.ts";

/** Messages that wait for a connection, or for the answer before them. */
export interface Queue {
  readonly messages: ReadonlySignal<readonly QueuedMessage[]>;
  add(message: QueuedMessage): void;
  takeBack(message: QueuedMessage): void;
  /** Delivers the first one, when it is its turn. */
  deliver(): void;
  /** Takes it off the screen, before somebody else's is looked at. */
  hide(): void;
  /** Shows what is remembered of this visitor; gives back what is too old to be sent unasked. */
  restore(): readonly QueuedMessage[];
}

/** What decides whose turn it is. */
export interface QueueDeps {
  readonly store: Store;
  readonly activity: ReadonlySignal<Activity>;
  isOnline(): boolean;
  /** False while a message before these has not been delivered, or nothing may be sent. */
  isFree(): boolean;
  send(message: QueuedMessage): void;
}

/** Makes the queue: one at a time, in the order in which they were written. */
export function createQueue({ store, activity, isOnline, isFree, send }: QueueDeps): Queue {
  const messages = signal<readonly QueuedMessage[]>([]);
  const keep = (next: readonly QueuedMessage[]) => {
    messages.value = next;
    store.setQueue(next);
  };
  return {
    messages,
    add: (message) => keep([...messages.value, message]),
    takeBack: (message) => keep(messages.value.filter((other) => other !== message)),
    deliver() {
      const [first, ...rest] = messages.value;
      if (!first || activity.value !== "idle" || !isOnline() || !isFree()) return;
      // Kept as sent before it leaves the queue: a reload in between repeats it under its key.
      send(first);
      keep(rest);
    },
    hide() {
      messages.value = [];
    },
    restore() {
      const sent = store.outbox()?.idempotencyKey;
      const kept = store.queue().filter(({ idempotencyKey }) => idempotencyKey !== sent);
      keep(kept.filter(isFresh));
      return kept.filter((message) => !isFresh(message));
    },
  };
}
