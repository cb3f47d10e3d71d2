/** What figures are called where people read them; the others are called by their own names. */
const WORDS = new Map(
  Object.entries({
    cycles: "kills",
    acknowledged: "answers acknowledged",
    interrupted: "messages interrupted",
    changed: "changed afterwards",
    doubled: "doubled",
    unexpected: "there though nobody wrote it",
    unsettled: "left without an end",
    stuck: "conversation stuck",
    pendingTurns: "turn left running",
    heldConversations: "conversation left held",
    refusals: "refused without a reason",
    cycleMs: "time from kill to kill",
    readyMs: "ready again after (median)",
    serversDied: "server ended by itself",
    brokenOff: "run broken off",
    atOnce: "at once",
    failed: "failed",
    moreCalls: "second model call",
    otherAnswers: "another answer",
    otherTurns: "another turn",
    otherSecrets: "another visitor secret",
    moreMessages: "message stored twice",
    racersPerConversation: "racing in each conversation",
    incompletePrompts: "prompt not the whole conversation",
    outOfOrder: "out of order",
    firstTokenOrFailureMs: "first token or failure after (longest)",
    wholeAnswerMs: "end after (longest)",
    longestAnswerChars: "longest answer in characters",
    endlessMemoryMb: "memory taken by an endless answer",
    outageMs: "failure in an outage after (longest)",
    recoveryMs: "recovered after (longest)",
    noEnvelope: "answer not in the agreed form",
    leaks: "provider's words leaked",
    wrongCodes: "wrong code",
    wrongFlags: "wrong retryable flag",
    stopHereMs: "stopped after (longest)",
    stopHereP50Ms: "stopped after (median)",
    stopElsewhereMs: "stopped by the other replica after (longest)",
    stopElsewhereP50Ms: "stopped by the other replica after (median)",
    wrongStops: "stopped answer not stored as such",
    left: "readers who left",
    answersMissing: "answer of one who left not stored",
    socketsKept: "socket not given back",
    socketsGivenBackMs: "sockets given back after (longest)",
    memoryKeptMb: "memory kept, garbage aside",
    otherTexts: "another text",
    gapsOrRepeats: "gap or repeat",
    kbPerStream: "memory per stream",
    otherP95Ms: "others served in (p95)",
    failedOthers: "request of others failed",
    answersKept: "answers nobody read, stored whole",
    headersGivenUpMs: "half headers given up after (longest)",
    bodiesGivenUpMs: "half bodies given up after (longest)",
    running: "answers running at SIGTERM",
    accepted: "message accepted after SIGTERM",
    notReadyMs: "not ready after (longest)",
    badExits: "exit status other than 0",
    cut: "answers that outlived the drain time",
    notKept: "cut text not stored",
    notResumed: "not resumed elsewhere",
    notRunAgain: "not run again elsewhere",
    brokenRequests: "connections with broken HTTP",
    malformedBodies: "malformed bodies",
    strangeValues: "strange values",
    operations: "operations of the API",
    errors: "status of 500 or above",
    unanswered: "no answer",
    wrongAnswers: "wrong status",
    honestTurnsFailed: "honest message refused afterwards",
    residentGrowthMb: "resident memory grown by",
    falselyReady: "ready without a database",
    acknowledgedWhileAway: "acknowledged without a database",
    slowestAnswerMs: "answered after (longest)",
    slowestReadMs: "read after (longest)",
    clockSpreadMinutes: "times written apart, in minutes",
  }),
);

/** @param {string} name */
export function wordsOf(name) {
  const own = name.replace(/(Ms|Mb)$/, "").replace(/[A-Z]/g, (letter) => ` ${letter}`);
  return WORDS.get(name) ?? own.toLowerCase();
}

/**
 * @param {string} name
 * @param {number} value
 */
export function withUnit(name, value) {
  const number = value.toLocaleString("en");
  if (name.endsWith("Ms")) return `${number} ms`;
  if (name.endsWith("Mb")) return `${number} MB`;
  return name.startsWith("kb") ? `${number} KB` : number;
}
