import { createServer } from "node:http";

/** An OpenAI-compatible server whose model costs nothing: 32 tokens at once, or 40 at a human pace for `[paced]`. */
const TOKEN = "word ";
const AT_ONCE = 32;
const PACED = { tokens: 40, firstMs: 200, betweenMs: 10 };

const chunk = (/** @type {object} */ delta, /** @type {string | null} */ finish) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "scripted",
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
const token = chunk({ content: TOKEN }, null);
const usage = { prompt_tokens: 50, completion_tokens: AT_ONCE, total_tokens: 50 + AT_ONCE };
const end = `${chunk({}, "stop")}data: ${JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "scripted",
  choices: [],
  usage,
})}\n\ndata: [DONE]\n\n`;
const wholeAnswer = Buffer.from(token.repeat(AT_ONCE) + end);

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (body.includes("[paced]")) answerPaced(response);
    else response.end(wholeAnswer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());

/** @param {import("node:http").ServerResponse} response */
function answerPaced(response) {
  const started = performance.now();
  let sent = 0;
  const send = () => {
    // Against the clock, not from token to token: late timers do not add up.
    while (sent < PACED.tokens && performance.now() >= dueAt(sent)) {
      response.write(token);
      sent += 1;
    }
    if (sent === PACED.tokens) response.end(end);
    else setTimeout(send, dueAt(sent) - performance.now());
  };
  const dueAt = (/** @type {number} */ index) => started + PACED.firstMs + index * PACED.betweenMs;
  setTimeout(send, PACED.firstMs);
}
