import { createHash, randomBytes } from "node:crypto";
import { ask } from "../rig/chat.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { startReplicas } from "../rig/replicas.mjs";
import { forEachAtOnce } from "../rig/wait.mjs";
import { atMost, quantile } from "../verdict.mjs";

const TURNS = { short: 240, full: 10_000 };
/** So few that the model may be shown all of them. */
const TURNS_EACH = 40;
const CONVERSATIONS_AT_ONCE = 4;
const RACERS = 5;
const ALL_HISTORY = { ORCHA_MAX_HISTORY_TOKENS: "1000000" };

/** @type {import("../scenario.mjs").Scenario} */
export const oneTurnAtATime = {
  promise: "R3",
  name: "one turn at a time runs in a conversation, and sees all before it",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    /** What the model was shown, as a digest by the question. @type {Map<string, string>} */
    const shown = new Map();
    model.choose = (call, messages) => {
      const said = messages.filter(({ role }) => role !== "system");
      shown.set(call.question, digest(said.map(({ content }) => content)));
      return answerAtPace({ words: call.number % 8 });
    };
    const replicas = await startReplicas(rig, model, { engine, env: ALL_HISTORY });

    /** @type {string[]} */
    const failed = [];
    /** @type {number[]} */
    const waits = [];
    const race = async (/** @type {number} */ number) => {
      const begun = await ask(replicas.at(number).origin, { text: `Begin ${number}` });
      const id = begun.conversationId;
      let turn = 1;
      const racer = async (/** @type {number} */ index) => {
        while (turn < TURNS_EACH) {
          const text = `Question ${turn++} of ${number}`;
          const key = randomBytes(16).toString("base64url");
          const streams = turn % 2 === 0;
          const answer = await ask(
            replicas.at(turn + index).origin,
            { text, conversation_id: id },
            { key, streams },
          );
          waits.push(answer.ms);
          if (!answer.success) failed.push(`${text}: ${answer.body}`);
        }
      };
      await Promise.all(Array.from({ length: RACERS }, (_, index) => racer(index)));
    };
    const conversations = Array.from({ length: TURNS[scale] / TURNS_EACH }, (_, number) => number);
    await forEachAtOnce(conversations, CONVERSATIONS_AT_ONCE, race);

    const order = await readOrder(replicas.storage, shown);
    return {
      figures: {
        turns: order.turns,
        racersPerConversation: RACERS,
        failed: failed.length,
        modelCalls: model.calls.length,
        outOfOrder: order.outOfOrder,
        incompletePrompts: order.incompletePrompts,
        waitP50Ms: quantile(waits, 0.5),
        waitP99Ms: quantile(waits, 0.99),
      },
      limits: {
        turns: { atLeast: TURNS[scale] },
        ...atMost(TURNS[scale], "modelCalls"),
        ...atMost(0, "failed", "outOfOrder", "incompletePrompts"),
      },
      evidence: [...failed.slice(0, 10), ...order.evidence],
    };
  },
};

/**
 * Holds the record, in the order of its positions, against strict alternation and against what the model was shown.
 *
 * @param {import("../rig/rig.mjs").Storage} storage
 * @param {ReadonlyMap<string, string>} shown
 */
async function readOrder(storage, shown) {
  const rows = await storage.rows(
    "select conversation_id, position, role, turn_id, text from messages order by conversation_id, position",
  );
  const found = { turns: 0, outOfOrder: 0, incompletePrompts: 0 };
  /** @type {string[]} */
  const evidence = [];
  /** @type {string[]} */
  let said = [];
  let [conversation, turn] = ["", ""];
  for (const [id = "", position, role, turnId = "", text = ""] of rows) {
    if (id !== conversation) said = [];
    const isQuestion = said.length % 2 === 0;
    conversation = id;
    const isNext =
      Number(position) === said.length && role === (isQuestion ? "visitor" : "assistant");
    if (!isNext || (!isQuestion && turnId !== turn)) {
      found.outOfOrder += 1;
      evidence.push(`${id}: place ${said.length} is ${role} ${position} of turn ${turnId}`);
    }
    turn = turnId;
    said.push(text);
    if (!isQuestion) continue;
    found.turns += 1;
    if (shown.get(text) === digest(said)) continue;
    found.incompletePrompts += 1;
    evidence.push(`The prompt of "${text}" is not the conversation`);
  }
  return { ...found, evidence: evidence.slice(0, 20) };
}

/** @param {readonly string[]} texts */
function digest(texts) {
  return createHash("sha256").update(JSON.stringify(texts)).digest("base64");
}
