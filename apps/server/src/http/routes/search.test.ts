import { searchResponseSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { sqlite } from "../../testing/databases.ts";
import { fixedRetriever, passage, startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";

let server: TestServer;
let key: Record<string, string>;
beforeEach(async () => {
  const found = Array.from({ length: 20 }, (_, at) => ({ ...passage, id: String(at) }));
  server = await startTestServer(sqlite, { retriever: fixedRetriever(found) });
  key = await giveKey(server.database, TENANT, ["search"]);
});
afterEach(() => server[Symbol.asyncDispose]());

const search = (body: unknown, headers = key) =>
  fetch(`${server.url}/api/v1/orcha/search`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

it("finds as many passages as were asked for", async () => {
  for (const [limit, count] of [
    [undefined, 6],
    [1, 1],
    [20, 20],
  ]) {
    const response = await search({ query: "Where?", limit });
    const { data } = searchResponseSchema.strict().parse(await response.json());
    expect(data).toHaveLength(Number(count));
    expect(data[0]).toEqual({ ...passage, id: "0" });
  }
});

it("refuses a question that is none", async () => {
  for (const body of [{}, { query: " " }, { query: "x", limit: 21 }, { query: "x", limit: 0 }]) {
    expect((await search(body)).status).toBe(400);
  }
});

it("searches no tenant but the key's own", async () => {
  expect((await search({ query: "x", tenant_id: TENANT })).status).toBe(200);
  const foreign = await giveKey(server.database, "elsewhere", ["search"]);
  expect((await search({ query: "x", tenant_id: TENANT }, foreign)).status).not.toBe(200);
  const installation = await giveKey(server.database, "*", ["search"]);
  expect((await search({ query: "x" }, installation)).status).toBe(400);
  expect((await search({ query: "x", tenant_id: TENANT }, installation)).status).toBe(200);
});

it("needs the permission to search", async () => {
  expect((await search({ query: "x" }, {})).status).toBe(401);
  const chat = await giveKey(server.database, TENANT, ["chat"]);
  expect((await search({ query: "x" }, chat)).status).toBe(403);
});
