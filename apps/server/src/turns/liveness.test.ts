import { hostname } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readTranscript } from "../conversations/store.ts";
import { timeOrderedId } from "../db/ids.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { startTestServer, type TestServer } from "../testing/server.ts";
import { account } from "../testing/turns.ts";
import { holderName, Liveness } from "./liveness.ts";
import { openTurn } from "./open-turn-store.ts";
import { type OpenedTurn, openedTurn } from "./opened-turn.ts";
import { listPendingTurns } from "./pending-turn-store.ts";
import { appendPieces, readPieces } from "./pieces-store.ts";
import { findPlace } from "./place-store.ts";

const NO_SUCH_PROCESS = 2 ** 22 + 1;

describeOnEveryEngine("turns of a process that died", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  async function open(holder: string, owner: string | null = null): Promise<OpenedTurn> {
    const { database } = server;
    const tenantId = "external_widget";
    const claim = {
      label: "",
      userId: 1,
      isUserVerified: false,
      owner,
      handsOver: null,
      strict: false,
    };
    const request = { tenantId, claim, offeredOwner: null, replaceMessageId: undefined };
    const now = Date.now();
    const place = await findPlace(database.reader, { ...request, conversationId: undefined }, now);
    if (place === "busy") throw new Error("A new conversation cannot be busy");
    const turnId = timeOrderedId(now);
    const message = { tenantId, claim, text: "Hi", idempotency: undefined, hold: undefined };
    await database.write(openTurn, { ...message, turnId, place, holder, now });
    return openedTurn({ turnId, ...place, account });
  }

  function liveness(clock: { ms: number }, running: readonly number[] = []): Liveness {
    return new Liveness({
      database: server.database,
      now: Date.now,
      running: () => running,
      onError: (error) => {
        throw error;
      },
      monotonicMs: () => clock.ms,
    });
  }

  // On PostgreSQL the holder may live in another container, so there only the heartbeat decides.
  if (engine.name === "sqlite") {
    it("are failed at the next start, and their conversation goes on", async () => {
      const { conversationId } = await open(`${hostname()}:${NO_SUCH_PROCESS}:abc`);
      await server.restart();
      expect(await listPendingTurns(server.database.reader)).toEqual([]);
      const next = await server.chat({ text: "Again", conversation_id: conversationId });
      expect(next.success).toBe(true);
      expect(server.model.requests[0]?.messages.map((message) => message.text)).toEqual(["Again"]);
    });
  }

  it("are failed once their heartbeat stood still for 15 seconds of our own clock", async () => {
    await open("another-host:1:abc");
    const clock = { ms: 0 };
    using watcher = liveness(clock);
    await watcher.look();
    clock.ms = 15_000;
    await watcher.look();
    expect(await listPendingTurns(server.database.reader)).toHaveLength(1);
    clock.ms = 15_001;
    await watcher.look();
    expect(await listPendingTurns(server.database.reader)).toEqual([]);
  });

  it("are failed in our own process too when it does not run them any more", async () => {
    await open(holderName);
    const clock = { ms: 0 };
    using watcher = liveness(clock);
    await watcher.look();
    clock.ms = 15_001;
    await watcher.look();
    expect(await listPendingTurns(server.database.reader)).toEqual([]);
  });

  it("keep what they had said, as cut", async () => {
    const { database } = server;
    const { turnId, conversationId } = await open("another-host:1:abc", "visitor:me");
    const piece = { tenantId: "external_widget", turnId };
    await database.write(appendPieces, {
      pieces: [{ ...piece, piece: 0, text: "So ", contexts: "[]" }],
    });
    await database.write(appendPieces, {
      pieces: [{ ...piece, piece: 1, text: "far", contexts: null }],
    });
    const clock = { ms: 0 };
    using watcher = liveness(clock);
    await watcher.look();
    clock.ms = 15_001;
    await watcher.look();
    const { messages } = await readTranscript(
      database.reader,
      "external_widget",
      conversationId,
      { label: "", userId: undefined, owner: "visitor:me", handsOver: null, strict: true },
      { before: undefined, limit: 10, now: Date.now() },
    );
    expect(messages.map(({ text, status }) => [text, status])).toEqual([
      ["Hi", "failed"],
      ["So far", "failed"],
    ]);
    expect(await readPieces(database.reader, piece, 0)).toEqual([]);
  });

  it("are left alone while their process counts", async () => {
    const { turnId } = await open(holderName);
    const clock = { ms: 0 };
    using watcher = liveness(clock, [turnId]);
    for (let look = 0; look < 5; look++) {
      await watcher.look();
      clock.ms += 14_000;
    }
    expect(await listPendingTurns(server.database.reader)).toHaveLength(1);
  });
});
