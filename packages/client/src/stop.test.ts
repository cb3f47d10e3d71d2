import { describe, expect, it } from "vitest";
import { stopOrchaTurn } from "./index.ts";
import { hangUp, json, notFound, startServer, unavailable } from "./testing/scripted-server.ts";
import { setJitter } from "./testing/scripted-turn.ts";

const stopped = json(200, { turn_id: 5, status: "stopped" });

describe("stopOrchaTurn", () => {
  it("asks for the end of the turn and tells what became of it", async () => {
    const { apiBaseUrl, seen } = await startServer(stopped);
    const turn = await stopOrchaTurn({ turnId: 5, apiBaseUrl, tenantId: "a b", visitor: "v1" });
    expect(turn).toEqual({ turn_id: 5, status: "stopped" });
    expect(seen).toMatchObject([
      { method: "POST", url: "/api/v1/orcha/turns/5/stop?tenant_id=a%20b", body: "{}" },
    ]);
    expect(seen[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-aura-visitor": "v1",
    });
  });

  it("tries again while the service cannot be reached", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(hangUp, unavailable, stopped);
    expect(await stopOrchaTurn({ turnId: 5, apiBaseUrl })).toEqual({
      turn_id: 5,
      status: "stopped",
    });
    expect(seen).toHaveLength(3);
  });

  it("throws at once for a turn that is not the visitor's", async () => {
    const { apiBaseUrl, seen } = await startServer(notFound);
    await expect(stopOrchaTurn({ turnId: 5, apiBaseUrl })).rejects.toMatchObject({
      code: "not_found",
      status: 404,
    });
    expect(seen).toHaveLength(1);
  });

  it("refuses an answer that says nothing of the turn", async () => {
    const { apiBaseUrl } = await startServer(json(200, { hello: "stranger" }));
    await expect(stopOrchaTurn({ turnId: 5, apiBaseUrl })).rejects.toMatchObject({
      code: "internal",
    });
  });
});
