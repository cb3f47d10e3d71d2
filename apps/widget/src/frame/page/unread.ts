import { type ReadonlySignal, signal } from "../state/signal.ts";
import type { Host } from "./host.ts";

/** Answers that came while nobody was looking. */
export interface Unread {
  readonly count: ReadonlySignal<number>;
  /** Tells the page's listeners, and counts what they are told. */
  readonly emit: Host["emit"];
}

/** Counts the answers that nobody has seen yet; opening the chat makes them seen. */
export function countUnread(host: Pick<Host, "emit" | "shown">): Unread {
  const count = signal(0);
  const tell = (next: number) => {
    if (next === count.value) return;
    count.value = next;
    host.emit("unread", { count: next });
  };
  host.shown.subscribe(() => host.shown.value && tell(0));
  return {
    count,
    emit(name, detail) {
      host.emit(name, detail);
      if (name === "message:received" && !host.shown.value) tell(count.value + 1);
    },
  };
}
