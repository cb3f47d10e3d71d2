import { once } from "node:events";
import { createServer } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";

/**
 * Somebody's website with the peers' bundles and the answers that their servers would give. It compresses as ORCHA
 * does, so that all travel alike.
 *
 * @typedef {{ type: string, content: string | Buffer }} File
 * @typedef {{ origin: string, stop: () => void }} Site
 */

/** By the beginning of the path. */
const ANSWERS = {
  "/api/v1/public-chatbotConfig/": {},
  "/api/v1/chatflows-streaming/": { isStreaming: false },
  "/api/v1/prediction/": { text: "Hello." },
  "/chat": { text: "Hello." },
};

/**
 * @param {(path: string) => File | undefined} find
 * @returns {Promise<Site>}
 */
export async function startSite(find) {
  /** @type {Map<string, Buffer>} */
  const compressed = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    const file = find(path) ?? scriptedAnswer(path);
    if (!file) return void response.writeHead(404).end();

    const accepted = String(request.headers["accept-encoding"] ?? "").split(/,\s*/);
    const encoding = ["br", "gzip"].find((name) => accepted.includes(name));
    response.setHeader("Content-Type", file.type);
    if (!encoding) return void response.end(file.content);

    const known = compressed.get(encoding + path);
    const body = known ?? (encoding === "br" ? brotliCompressSync : gzipSync)(file.content);
    compressed.set(encoding + path, body);
    response.setHeader("Content-Encoding", encoding);
    response.setHeader("Content-Length", body.length);
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {string} path
 * @returns {File | undefined}
 */
function scriptedAnswer(path) {
  const answer = Object.entries(ANSWERS).find(([prefix]) => path.startsWith(prefix))?.[1];
  return answer && { type: "application/json", content: JSON.stringify(answer) };
}
