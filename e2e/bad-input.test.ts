import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { findOperations } from "../soak/scenarios/api-operations.mjs";
import { BadInput } from "../soak/scenarios/bad-input.mjs";
import { BROKEN_REQUESTS, tryBrokenRequest } from "../soak/scenarios/broken-http.mjs";
import { malformedBodies } from "../soak/scenarios/malformed-bodies.mjs";
import { strangeRequests } from "../soak/scenarios/strange-requests.mjs";
import { startPackagedServer } from "./support/packaged-server.ts";

it("refuses broken HTTP, or answers it rightly, on every connection", async () => {
  await using server = await startPackagedServer();
  const port = Number(new URL(server.url).port);
  const problems = BROKEN_REQUESTS.map((request) => tryBrokenRequest(port, request));
  expect((await Promise.all(problems)).filter(Boolean)).toEqual([]);
  expect(BROKEN_REQUESTS.length).toBeGreaterThan(100);
});

describe("what is sent as bad input", () => {
  const operation = {
    method: "POST",
    path: "/things/{id}",
    inQuery: ["limit"],
    inHeaders: ["X-Own"],
    bodies: [{ a: 1, b: { c: [2] } }],
  };
  const known = { credentials: () => ["X-Aura-Visitor: mine"], query: () => "", fill: () => "1" };

  it("reaches every place of an operation, each with at least 40 values", () => {
    const requests = [...strangeRequests([operation], known)];
    const sent = (pattern: RegExp) =>
      new Set(requests.map(({ pieces }) => pattern.exec(pieces.join(""))?.[0]).filter(Boolean));
    expect(sent(/^POST \/things\/(?!1 )[^ ]* /).size).toBeGreaterThanOrEqual(40);
    expect(sent(/\?limit=[^ ]*/).size).toBeGreaterThanOrEqual(40);
    expect(sent(/^X-Own: .*$/m).size).toBeGreaterThanOrEqual(40);
    expect(sent(/^Authorization: .*$/m).size).toBeGreaterThanOrEqual(40);
    expect(sent(/"a":(?!1,).*,"b":\{"c":\[2\]\}/s).size).toBeGreaterThanOrEqual(40);
    expect(sent(/\{"a":1,"b":\{"c":\[(?!2\]).*\]\}\}$/s).size).toBeGreaterThanOrEqual(40);
  });

  it("carries the caller's credential once, and none besides a strange one", () => {
    for (const { pieces } of strangeRequests([operation], known)) {
      expect(pieces.join("").match(/^X-Aura-Visitor:/gim)).toHaveLength(1);
    }
  });

  it("is thousands of different bodies, the same for the same seed", () => {
    const texts = (seed: number) =>
      malformedBodies(2000, seed).map(({ body, type }) => `${type} ${body.toString("latin1")}`);
    expect(new Set(texts(1)).size).toBeGreaterThan(1900);
    expect(texts(1)).toEqual(texts(1));
    expect(texts(2)).not.toEqual(texts(1));
  });
});

describe("the judge of bad input", () => {
  const cases: readonly (readonly [string, keyof BadInput["found"], RequestListener])[] = [
    ["a status of 500", "errors", (_, response) => response.writeHead(500).end(envelope)],
    ["a stack trace", "leaks", (_, response) => response.end(`${envelope} at run (a.js:1:2)`)],
    ["an answer without the envelope", "noEnvelope", (_, response) => response.end("{}")],
    ["a connection cut without an answer", "unanswered", (request) => request.socket.destroy()],
  ];
  const envelope = JSON.stringify({ success: false, message: "No", data: { text: "" } });

  it.each(cases)("notices %s", async (_, figure, listener) => {
    await using server = await serve(listener);
    const input = new BadInput(server.port);
    for (const body of malformedBodies(3, 1)) await input.sendBody(body);
    expect(input.found[figure]).toBe(3);
    expect(input.evidence[0]).toContain(figure);
  });

  it("finds every operation and every field that a server describes", async () => {
    const document = {
      paths: {
        "/a/{id}": {
          get: {
            parameters: [
              { name: "id", in: "path" },
              { name: "q", in: "query" },
            ],
          },
          patch: {
            requestBody: {
              content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } },
            },
          },
        },
      },
      components: {
        schemas: {
          A: {
            properties: {
              name: { type: "string", minLength: 2 },
              kind: { anyOf: [{ enum: ["x"] }, { type: "null" }], default: null },
              list: { type: "array", items: { properties: { n: { type: "integer" } } } },
            },
          },
        },
      },
    };
    await using server = await serve((_, response) => response.end(JSON.stringify(document)));
    expect(await findOperations(`http://127.0.0.1:${server.port}`)).toEqual([
      { method: "GET", path: "/a/{id}", inQuery: ["q"], inHeaders: [], bodies: [] },
      {
        method: "PATCH",
        path: "/a/{id}",
        inQuery: [],
        inHeaders: [],
        bodies: [
          { name: "aa", kind: null, list: [{ n: 1 }] },
          { name: "aa", kind: "x", list: [{ n: 1 }] },
        ],
      },
    ]);
  });
});

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}
