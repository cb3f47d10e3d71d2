import type { Host } from "../host.ts";

/** Tells the page's listeners, and counts the answers that nobody has seen yet. */
export function countUnread(host: Pick<Host, "emit" | "shown">): Host["emit"] {
  let count = 0;
  const tell = (next: number) => {
    if (next === count) return;
    count = next;
    host.emit("unread", { count });
  };
  host.shown.subscribe(() => host.shown.value && tell(0));
  return (name, detail) => {
    host.emit(name, detail);
    if (name === "message:received" && !host.shown.value) tell(count + 1);
  };
}
