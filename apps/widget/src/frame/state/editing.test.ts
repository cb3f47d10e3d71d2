import { describe, expect, it } from "vitest";
import { end, type Step, setup, start, startOf, turnError } from "./testing/chat-setup.ts";

/** A conversation whose first question is answered. */
async function answered(...next: Step[][]) {
  const all = setup({ scripts: [[start, end("First.")], ...next] });
  all.chat.send("Quesion");
  await all.settled();
  const turn = all.chat.turns.value[0];
  if (!turn) throw new Error("There is no turn.");
  return { ...all, turn };
}
describe("the last question", () => {
  it("is written anew in the composer and takes its own place", async () => {
    const { chat, sent, settled, turn, turns } = await answered([startOf(7), end("Second.")]);
    chat.edit(turn);
    expect(chat.draft.value).toBe("Quesion");
    expect(chat.send("Question")).toBe(true);
    await settled();
    expect(turns()).toMatchObject([{ question: "Question", answer: "Second." }]);
    expect(sent[1]).toMatchObject({ text: "Question", replaceMessageId: 5, conversationId: "12" });
    expect(chat.editing.value).toBeUndefined();
  });

  it("stays as it is when the visitor thinks better of it", async () => {
    const { chat, sent, settled, turn } = await answered([startOf(7), end("Other.")]);
    chat.edit(turn);
    chat.edit(undefined);
    expect(chat.draft.value).toBe("");
    chat.send("Another one");
    await settled();
    expect(sent[1]?.replaceMessageId).toBeUndefined();
  });

  it("is answered once more on demand, in the place of the answer before", async () => {
    const { chat, sent, settled, turn, turns } = await answered([startOf(7), end("Better.")]);
    chat.regenerate(turn);
    await settled();
    expect(turns()).toMatchObject([{ question: "Quesion", answer: "Better.", messageId: 8 }]);
    expect(sent[1]).toMatchObject({ text: "Quesion", replaceMessageId: 5 });
    expect(sent[1]?.idempotencyKey).not.toBe(sent[0]?.idempotencyKey);
  });

  it("can be tried again when that failed, and still replaces the first one", async () => {
    const { chat, sent, settled, turn, retry, turns } = await answered(
      [startOf(7), turnError("answer_blocked")],
      [startOf(9), end("At last.")],
    );
    chat.regenerate(turn);
    await settled();
    expect(turns()).toMatchObject([{ phase: "failed" }]);
    retry();
    await settled();
    expect(turns()).toMatchObject([{ answer: "At last." }]);
    expect(sent.slice(1).map(({ replaceMessageId }) => replaceMessageId)).toEqual([5, 7]);
  });

  it("is not taken along into another conversation", async () => {
    const { chat, turn } = await answered();
    chat.edit(turn);
    chat.newConversation();
    expect(chat.editing.value).toBeUndefined();
    expect(chat.draft.value).toBe("");
  });
});
