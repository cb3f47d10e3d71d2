import { createServer } from "node:http";
import { join } from "node:path";
import Database from "libsql";
import { Pool } from "undici";

/** The least that a turn can cost: bare node:http, one model call, one transaction, no checks of anything. */
const [modelOrigin = "", folder = ""] = process.argv.slice(2);
const model = new Pool(modelOrigin);

const db = new Database(join(folder, "baseline.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.exec(`create table messages
  (id integer primary key, conversation_id integer, role text, text text);
  create index by_conversation on messages (conversation_id, id)`);
const begin = db.prepare("begin immediate");
const commit = db.prepare("commit");
const lastTen = db.prepare(
  "select role, text from messages where conversation_id = ? order by id desc limit 10",
);
const insert = db.prepare("insert into messages (conversation_id, role, text) values (?, ?, ?)");
let lastConversation = 0;

const server = createServer((request, response) => {
  if (request.method === "GET") return void response.end("ok");
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const { text, conversation_id } = JSON.parse(body);
    const streams = request.headers.accept === "text/event-stream";
    const answered = answer(text, conversation_id ?? ++lastConversation, streams, response);
    answered.catch((error) => response.destroy(error));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());

/**
 * @param {string} question
 * @param {number} conversationId
 * @param {boolean} streams
 * @param {import("node:http").ServerResponse} response
 */
async function answer(question, conversationId, streams, response) {
  if (streams) response.writeHead(200, { "content-type": "text/event-stream" });
  const text = await askModel(question, (token) => {
    if (streams) response.write(`event: text-delta\ndata: ${JSON.stringify({ text: token })}\n\n`);
  });

  begin.run([]);
  lastTen.all([conversationId]);
  insert.run([conversationId, "visitor", question]);
  insert.run([conversationId, "assistant", text]);
  commit.run([]);

  const data = { text, conversation_id: conversationId };
  const whole = JSON.stringify({ success: true, message: "", data });
  if (streams) response.end(`event: turn-end\ndata: ${whole}\n\n`);
  else response.writeHead(200, { "content-type": "application/json" }).end(whole);
}

/**
 * @param {string} question
 * @param {(token: string) => void} onToken
 */
async function askModel(question, onToken) {
  const { body } = await model.request({
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "scripted",
      stream: true,
      messages: [{ role: "user", content: question }],
    }),
  });
  body.setEncoding("utf8");
  let text = "";
  let rest = "";
  for await (const part of body) {
    const frames = (rest + part).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      if (frame === "data: [DONE]") continue;
      const token = JSON.parse(frame.slice(6)).choices[0]?.delta.content;
      if (!token) continue;
      text += token;
      onToken(token);
    }
  }
  return text;
}
