import { describe, expect, it } from "vitest";
import { delta, end, failure, gate, message, setup, start } from "./testing/chat-setup.ts";

describe("stopping an answer", () => {
  it("keeps what was said, and says that it was stopped", async () => {
    const stop = gate();
    const { chat, stopped, settled, turns, said, last } = setup({
      scripts: [[start, delta("Half an ans"), stop.closed, end("Half an ans", [], "stopped")]],
    });
    chat.send("Hi");
    await last(({ phase }) => phase === "streaming");
    chat.stop();
    chat.stop();
    expect(chat.activity.value).toBe("stopping");
    expect(stopped).toEqual([5]);
    stop.open();
    await settled();
    expect(turns()).toMatchObject([{ answer: "Half an ans", phase: "done", ending: "stopped" }]);
    expect(said()).toEqual(["Half an ans", "This answer was stopped."]);
  });

  it("waits for the turn to begin, and stops it then", async () => {
    const arrival = gate();
    const stop = gate();
    const { chat, stopped, settled, turns } = setup({
      scripts: [[arrival.closed, start, stop.closed, end("", [], "stopped")]],
    });
    chat.send("Hi");
    chat.stop();
    expect(stopped).toEqual([]);
    arrival.open();
    stop.open();
    await settled();
    expect(stopped).toEqual([5]);
    expect(turns()).toMatchObject([{ answer: "", phase: "done", ending: "stopped" }]);
  });

  it("does not take the id of the failed turn for the one that replaces it", async () => {
    const arrival = gate();
    const { chat, stopped, settled, retry } = setup({
      scripts: [
        [start, failure("model_timeout")],
        [arrival.closed, start, end("", [], "stopped")],
      ],
    });
    chat.send("Hi");
    await settled();
    retry();
    chat.stop();
    expect(stopped).toEqual([]);
    arrival.open();
    await settled();
    expect(stopped).toEqual([5]);
  });

  it("can be asked for again when it was not heard", async () => {
    for (const status of ["pending", failure("network")] as const) {
      const over = gate();
      const { chat, stopped, stopsWith, settled, last } = setup({
        scripts: [[start, over.closed, end("Whole.")]],
      });
      stopsWith(status);
      chat.send("Hi");
      await last(({ id }) => id === 5);
      chat.stop();
      await new Promise<void>((resolve) => {
        const done = chat.activity.subscribe(() => {
          if (chat.activity.value !== "answering") return;
          done();
          resolve();
        });
      });
      chat.stop();
      expect(stopped).toEqual([5, 5]);
      over.open();
      await settled();
    }
  });

  it("stops what another tab or the page before a reload began", async () => {
    const over = gate();
    const { chat, store, pages, stopped, settled } = setup({
      resumed: [[over.closed, start, end("", [], "stopped")]],
    });
    store.setConversation(12);
    pages.push([message("visitor", "Hi", { status: "pending" })]);
    await chat.restore();
    chat.stop();
    expect(stopped).toEqual([5]);
    over.open();
    await settled();
  });

  it("does nothing when nothing is being answered", () => {
    const { chat, stopped } = setup();
    chat.stop();
    expect([chat.activity.value, stopped]).toEqual(["idle", []]);
  });
});
