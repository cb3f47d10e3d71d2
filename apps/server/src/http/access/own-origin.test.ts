import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Env } from "../context.ts";
import { isOwnOrigin } from "./own-origin.ts";

async function decide(headers: Record<string, string>, publicUrl?: string): Promise<boolean> {
  const app = new Hono<Env>();
  app.get("/", (c) => c.json(isOwnOrigin(c, publicUrl)));
  const response = await app.request("http://chat.example/", {
    headers: { host: "chat.example", ...headers },
  });
  return (await response.json()) === true;
}

it("takes a request of its own pages, or of no page, for its own", async () => {
  expect(await decide({})).toBe(true);
  expect(await decide({ origin: "http://chat.example" })).toBe(true);
  // A proxy that ends TLS speaks http to the server.
  expect(await decide({ origin: "https://chat.example" })).toBe(true);
  expect(await decide({ origin: "https://people.example" }, "https://people.example")).toBe(true);
});

it("takes no other page for its own", async () => {
  const others = [
    "https://evil.example",
    "http://chat.example:8080",
    "http://chat.example.evil.example",
    "null",
    "",
    "chat.example",
  ];
  for (const origin of others) {
    expect(await decide({ origin }), origin).toBe(false);
    expect(await decide({ origin }, "https://people.example"), origin).toBe(false);
  }
});
