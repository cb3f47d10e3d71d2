import { expect, it } from "vitest";
import { signal } from "../state/signal.ts";
import type { Host } from "./host.ts";
import { countUnread } from "./unread.ts";

it("counts the answers that come while the chat is closed, until it is opened", () => {
  const shown = signal(true);
  const told: unknown[] = [];
  const emit: Host["emit"] = (name, detail) => void told.push([name, detail]);
  const { emit: tell, count } = countUnread({ emit, shown });
  const answer = () => tell("message:received", { conversationId: 12 });
  const counts = () =>
    told.filter(
      (event): event is [string, object] => Array.isArray(event) && event[0] === "unread",
    );

  answer();
  expect(counts()).toEqual([]);
  shown.value = false;
  answer();
  tell("error", { code: "network", message: "" });
  answer();
  expect(counts()).toEqual([
    ["unread", { count: 1 }],
    ["unread", { count: 2 }],
  ]);
  shown.value = true;
  expect(counts().at(-1)).toEqual(["unread", { count: 0 }]);
  expect(count.value).toBe(0);
});
