/**
 * A message of a visitor and what was said about it: `answer` is what the server acknowledged, undefined while it has
 * acknowledged nothing.
 *
 * @typedef {{ key: string, message: import("../rig/chat.mjs").Message, answer?: string, turnId?: number }} Entry
 * @typedef {{ lost: number, changed: number, doubled: number, unexpected: number, evidence: string[] }} Findings
 */

/** @returns {Findings} */
export function noFindings() {
  return { lost: 0, changed: 0, doubled: 0, unexpected: 0, evidence: [] };
}

/**
 * Holds a transcript against what was acknowledged: each answer is there exactly once and with the same text, right after
 * its question; no message is there twice; nothing is there that nobody wrote.
 *
 * @param {readonly Entry[]} entries of one conversation
 * @param {readonly import("../rig/chat.mjs").StoredMessage[]} messages
 * @param {Findings} findings gets what is wrong
 */
export function auditTranscript(entries, messages, findings) {
  const note = (
    /** @type {Exclude<keyof Findings, "evidence">} */ kind,
    /** @type {string} */ text,
  ) => {
    findings[kind] += 1;
    if (findings.evidence.length < 20) findings.evidence.push(`${kind}: ${text}`);
  };
  const questions = groupByText(messages.filter(isQuestion));
  const answers = messages.filter((message) => !isQuestion(message));

  for (const { message, answer } of entries) {
    const asked = questions.get(message.text) ?? [];
    questions.delete(message.text);
    if (asked.length > 1) note("doubled", `${asked.length} times "${message.text}"`);
    const turn = asked[0]?.turn_id;
    const given = answers.filter((one) => turn !== undefined && one.turn_id === turn);
    if (given.length > 1) note("doubled", `${given.length} answers to "${message.text}"`);
    if (answer === undefined) continue;
    if (given.length === 0) note("lost", `the answer to "${message.text}"`);
    else if (given[0]?.text !== answer) note("changed", `"${answer}" is "${given[0]?.text}"`);
    else if (given[0].status !== "done") note("changed", `"${message.text}": ${given[0].status}`);
  }

  for (const text of questions.keys()) note("unexpected", `nobody wrote "${text}"`);
  for (const [index, message] of messages.entries()) {
    if (isQuestion(message)) continue;
    const before = messages[index - 1];
    if (before && isQuestion(before) && before.turn_id === message.turn_id) continue;
    note("unexpected", `"${message.text}" does not follow its question`);
  }
}

/** @param {import("../rig/chat.mjs").StoredMessage} message */
function isQuestion({ role }) {
  return role === "visitor";
}

/** @param {readonly import("../rig/chat.mjs").StoredMessage[]} messages */
function groupByText(messages) {
  /** @type {Map<string, import("../rig/chat.mjs").StoredMessage[]>} */
  const groups = new Map();
  for (const message of messages) {
    groups.set(message.text, [...(groups.get(message.text) ?? []), message]);
  }
  return groups;
}
