import { Client } from "undici";

/**
 * @typedef {{ streams: boolean, paced?: boolean, atOnce: number, ms: number, spread?: boolean }} Load
 * spread: clients begin one after another over a turn's length instead of all together
 * @typedef {{ turns: number, errors: number, turnsPerSecond: number, latencies: number[], firstTokens: number[] }} LoadResult
 * turnsPerSecond: what the clients reached each over its own time, added up; so it does not depend on how many whole
 * turns happen to fit before the end
 */

const PATH = "/api/v1/orcha/chat-v2";
const QUESTION = "How do I put the chat on my page, and what does it cost me in load time?";
const MOST_MESSAGES = 10;
const PACED_TURN_MS = 600;

/**
 * Keeps so many turns running for a while, each client on its own connection, and waits for the last answers.
 *
 * @param {string} origin
 * @param {Load} load
 * @returns {Promise<LoadResult>}
 */
export async function runLoad(origin, load) {
  /** @type {LoadResult} */
  const result = { turns: 0, errors: 0, turnsPerSecond: 0, latencies: [], firstTokens: [] };
  const started = performance.now();
  const clients = Array.from({ length: load.atOnce }, async (_, index) => {
    if (load.spread) await wait((index / load.atOnce) * PACED_TURN_MS);
    const from = performance.now();
    const turns = await runClient(origin, load, started + load.ms, result);
    result.turnsPerSecond += (turns * 1_000) / (performance.now() - from);
  });
  await Promise.all(clients);
  return result;
}

/**
 * Every second turn begins a conversation; the others continue one until it has ten messages. Answers how many it had.
 *
 * @param {string} origin
 * @param {Load} load
 * @param {number} until
 * @param {LoadResult} result
 */
async function runClient(origin, load, until, result) {
  const client = new Client(origin);
  const ask = load.streams ? askStream : askJson;
  const text = load.paced ? `[paced] ${QUESTION}` : QUESTION;
  /** @type {{ id: number | undefined, messages: number }} */
  let open = { id: undefined, messages: MOST_MESSAGES };
  let turn = 0;
  for (; performance.now() < until; turn += 1) {
    const continues = turn % 2 === 1 && open.messages < MOST_MESSAGES;
    const started = performance.now();
    const answer = await ask(client, { text, ...(continues && { conversation_id: open.id }) });
    result.latencies.push(performance.now() - started);
    if (answer.firstTokenAt) result.firstTokens.push(answer.firstTokenAt - started);
    result.turns += 1;
    if (!answer.success) result.errors += 1;

    if (continues) open.messages += 2;
    else if (open.messages >= MOST_MESSAGES) open = { id: answer.conversationId, messages: 2 };
  }
  await client.close();
  return turn;
}

/**
 * @typedef {{ success: boolean, conversationId: number, firstTokenAt?: number }} Answer
 * @param {Client} client
 * @param {object} message
 * @returns {Promise<Answer>}
 */
async function askJson(client, message) {
  const { body } = await post(client, message, "application/json");
  return read(await body.text());
}

/**
 * @param {Client} client
 * @param {object} message
 * @returns {Promise<Answer>}
 */
async function askStream(client, message) {
  const { body } = await post(client, message, "text/event-stream");
  body.setEncoding("utf8");
  let text = "";
  /** @type {number | undefined} */
  let firstTokenAt;
  for await (const part of body) {
    text += part;
    if (!firstTokenAt && text.includes("event: text-delta")) firstTokenAt = performance.now();
  }
  const end = /event: turn-end\ndata: (.*)/.exec(text)?.[1];
  return { ...read(end ?? '{"success":false,"data":{}}'), ...(firstTokenAt && { firstTokenAt }) };
}

/**
 * @param {Client} client
 * @param {object} message
 * @param {string} accept
 */
function post(client, message, accept) {
  return client.request({
    path: PATH,
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify(message),
  });
}

/**
 * @param {string} json
 * @returns {Answer}
 */
function read(json) {
  const { success, data } = JSON.parse(json);
  const whole = typeof data.text === "string" && data.text.trimEnd().endsWith("word");
  return { success: success && whole, conversationId: data.conversation_id };
}

/** @param {number} ms */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
