/**
 * What is promised for bad days, and in what way each promise is put to the test.
 *
 * @typedef {{ id: string, promise: string, how?: string }} PromiseText
 * @type {readonly PromiseText[]}
 */
export const PROMISES = [
  {
    id: "R1",
    promise: "An answer that was acknowledged is kept",
    how: "Eight visitors write without a pause, and send a message again, with its key, when they hear nothing. Meanwhile the server is killed (`kill -9`) and started again; on PostgreSQL one of two replicas is, and every tenth time the database itself. Then all transcripts are compared with what the visitors were told, and every conversation must go on.",
  },
  {
    id: "R2",
    promise: "Sending again is safe",
    how: "Ten requests with one key at once, half JSON and half streams, on PostgreSQL over both replicas; for a new conversation, for its second message, with a visitor secret and without; and once more when it is over.",
  },
  {
    id: "R3",
    promise: "One turn at a time in a conversation",
    how: "Five requests race for each conversation, on PostgreSQL over two replicas. Questions and answers must alternate by their positions, and every prompt that the model got must hold all of the conversation before it.",
  },
  {
    id: "R4",
    promise: "Bad input never hurts",
    how: "Connections with broken HTTP: request lines, hosts, headers, lengths and chunks as they smuggle or exhaust, pipelines, halves. Then bodies that are no JSON object or are not sent as one. Then every parameter, header and field of every operation in `/openapi.json` with values that it is not meant to have, from a caller who may use it. Afterwards an honest message is answered by the same process.",
  },
  {
    id: "R5",
    promise: "A model's faults are contained",
    how: "A model that refuses, errs, hangs, crawls, is cut, talks garbage or never ends, for JSON and streams; then one that is away and comes back.",
  },
  {
    id: "R6",
    promise: "Stopping stops, leaving costs nothing",
    how: "Answers are stopped in the middle, by the replica that gives them and by the other one, timed until the model's server sees its connection close. Then 200 readers leave at the same moment, again and again.",
  },
  {
    id: "R7",
    promise: "Streams resume",
    how: "Streams are cut at random bytes of the raw response and resumed with the last id that came whole, while the turn runs and after its end, on PostgreSQL also on the other replica. The text must be that of the record, byte by byte.",
  },
  {
    id: "R8",
    promise: "Load is held",
    how: "500 paced streams at once on one server, while others come with short messages and read their transcripts.",
  },
  {
    id: "R9",
    promise: "Slow readers and half requests are harmless",
    how: "50 readers that never read and 300 requests that are never finished, while others are served.",
  },
  {
    id: "R10",
    promise: "A restart costs no answer",
    how: "SIGTERM while ten answers run, with time enough and with too little: then another server tells what was said and runs the turn again. On PostgreSQL also rolling restarts of two replicas behind a balancer, under load from the project's own client.",
  },
  { id: "R11", promise: "Upgrades roll" },
  { id: "R12", promise: "Backups can be restored" },
  {
    id: "R13",
    promise: "Database trouble is told and survived",
    how: "SQLite: a full disk, the file held by another process. PostgreSQL: refused, silent, slow, cut before and after a commit, crashed. Visitors write all the time, and transcripts are compared at the end as for R1.",
  },
  {
    id: "R14",
    promise: "No script runs, nothing is fetched",
    how: "The widget in Chromium gets hostile texts of every family through every door: the options of the page, the tenant's name, the question, the growing and the final answer, the title, source, address and text of passages, refusals and failures, what a reload brings back. Dialogs, console, marks of scripts, violations of the policy, every element that text may not become, and the browser's own log of the network are watched. No database has a part in it; what was measured stands under SQLite.",
  },
  { id: "R15", promise: "No internal address is reached" },
  {
    id: "R16",
    promise: "No forged credential passes",
    how: "Over HTTP, beside a good visitor secret: tokens of every known family of forgeries, near misses of a real secret key and of a real visitor secret. Honest ones of every kind must pass. The addresses that forged tokens name lead to a server of the test, which must hear nothing.",
  },
  {
    id: "R17",
    promise: "Wrong clocks decide nothing",
    how: "Clocks that are 90 s off, on PostgreSQL in opposite directions, and jump by an hour to and fro under load; a message is sent before each jump and again after it.",
  },
  {
    id: "R18",
    promise: "A budget is never passed",
    how: "100 messages at once to a tenant whose budget of tokens or of money holds 40 of them, from visitors with budgets of their own, to a slow model; in the middle the server is killed (`kill -9`) and started again, on PostgreSQL one of two replicas or both. What has no end is sent again, and more until nobody is answered. All the time the table of budgets is read beside the servers: what is spent and what is set aside never add up to more than a limit; afterwards nothing is set aside, no less is spent than the model has used, and what is left is too little for one turn.",
  },
  {
    id: "R19",
    promise: "A stranger learns nothing",
    how: "Messages to conversations, and readings of them, that are somebody else's, another tenant's, deleted and nobody's, with a visitor secret and without, one after the other in an order drawn anew in each round. Status, headers and body must be the same, but for the request's id and the date. Times are compared with those of ids that do not exist by the median of the differences within a round; a second lot of ids that do not exist tells how much of that is noise.",
  },
];
