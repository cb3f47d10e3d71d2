import { describe, expect, it } from "vitest";
import { eraseMyData, exportMyData } from "./index.ts";
import { cut, hangUp, json, startServer, unavailable } from "./testing/scripted-server.ts";

const EXPORT = { subjects: ["visitor:a"], conversations: [{ id: 12 }] };
const RECEIPT = { receipt_id: 3, erased_at: "2026-01-01T00:00:00.000Z", counts: {} };

describe("what is kept about the visitor", () => {
  it("is given as the text of a file", async () => {
    const { apiBaseUrl, seen } = await startServer(json(200, EXPORT));
    const text = await exportMyData({ apiBaseUrl, tenantId: "a b", visitor: "v1" });
    expect(text).toBe(JSON.stringify(EXPORT));
    expect(seen).toMatchObject([
      {
        method: "GET",
        url: "/api/v1/orcha/me?tenant_id=a%20b",
        headers: { "x-aura-visitor": "v1" },
      },
    ]);
  });

  it("is given whole or not at all", async () => {
    const { apiBaseUrl } = await startServer(cut('{"conversations":['), unavailable, json(200, {}));
    for (const code of ["network", "unavailable", "internal"]) {
      await expect(exportMyData({ apiBaseUrl })).rejects.toMatchObject({ code });
    }
  });

  it("is erased with a receipt, once: a lost answer is told, not asked for again", async () => {
    const { apiBaseUrl, seen } = await startServer(json(200, RECEIPT), hangUp, json(200, {}));
    expect(await eraseMyData({ apiBaseUrl })).toEqual(RECEIPT);
    expect(seen[0]).toMatchObject({ method: "DELETE", url: "/api/v1/orcha/me", body: "" });
    await expect(eraseMyData({ apiBaseUrl })).rejects.toMatchObject({ code: "network" });
    await expect(eraseMyData({ apiBaseUrl })).rejects.toMatchObject({ code: "internal" });
    expect(seen).toHaveLength(3);
  });
});
