import { expect, it } from "vitest";
import { createIdempotencyKey } from "./index.ts";

it("makes keys of 128 bits that no two messages share", () => {
  const keys = Array.from({ length: 1_000 }, createIdempotencyKey);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) {
    expect(key).toMatch(/^[\w-]{22}$/);
    expect(Buffer.from(key, "base64url")).toHaveLength(16);
  }
});
