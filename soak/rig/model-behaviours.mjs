import { pause } from "./wait.mjs";

/** @typedef {import("./model-server.mjs").Behaviour} Behaviour */

/** What providers say in their errors; none of it may ever reach a visitor. */
export const PROVIDER_WORDS = "sk-live-provider-detail";

/**
 * The answer to a call: no two calls have the same, so that a doubled call shows.
 *
 * @param {import("./model-server.mjs").Call} call
 * @param {number} words
 */
function answerTo(call, words = 8) {
  const filling = Array.from({ length: words }, (_, index) => ` w${index}`).join("");
  return `Answer ${call.number} to ${call.question}:${filling} naïve 😀 end.`;
}

/**
 * A whole answer, word by word.
 *
 * @param {{ words?: number, firstMs?: number, betweenMs?: number }} pace
 * @returns {Behaviour}
 */
export function answerAtPace({ words = 8, firstMs = 0, betweenMs = 0 } = {}) {
  return async (reply, call) => {
    if (firstMs > 0) await pause(firstMs);
    for (const word of answerTo(call, words).split(/(?<= )/)) {
      if (reply.isGone) return;
      await reply.say(word);
      if (betweenMs > 0) await pause(betweenMs);
    }
    reply.end();
  };
}

/**
 * @param {number} status
 * @param {Record<string, string>} headers
 * @returns {Behaviour}
 */
export function refuseWith(status, headers = {}) {
  return (reply) => reply.refuse(status, { error: { message: PROVIDER_WORDS } }, headers);
}

/** Takes the request and says nothing, not even headers. @returns {Behaviour} */
export function hang() {
  return () => {};
}

/** @returns {Behaviour} */
export function hangAfterFirstToken() {
  return async (reply) => reply.say("It begins ");
}

/** Breaks the connection in the middle. @returns {Behaviour} */
export function cutMidAnswer() {
  return async (reply) => {
    await reply.say("It begins ");
    await pause(20);
    reply.cut();
  };
}

/** Bytes that are no answer. @returns {Behaviour} */
export function garbage() {
  return async (reply) => {
    await reply.raw(
      `data: {"${PROVIDER_WORDS}\n\ndata: [1,2\n\n<html>${PROVIDER_WORDS}</html>\n\n`,
    );
    reply.cut();
  };
}

/**
 * Never ends.
 *
 * @param {{ token?: string, betweenMs?: number }} pace
 * @returns {Behaviour}
 */
export function endless({ token = "and ", betweenMs = 20 } = {}) {
  return async (reply) => {
    while (!reply.isGone) {
      await reply.say(token);
      await pause(betweenMs);
    }
  };
}

/**
 * A big answer.
 *
 * @param {{ token: string, times: number, betweenMs: number }} size
 * @returns {Behaviour}
 */
export function bulk({ token, times, betweenMs }) {
  return async (reply) => {
    for (let said = 0; said < times && !reply.isGone; said += 1) {
      await reply.say(token);
      await pause(betweenMs);
    }
    reply.end();
  };
}
