import { afterEach, beforeEach, expect, it } from "vitest";
import { readTranscript } from "../conversations/store.ts";
import { type Database, OutcomeUnknownError, type WriteOperation } from "../db/database.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { startTestServer, type TestServer } from "../testing/server.ts";
import { testBudgets } from "../testing/turns.ts";
import { createPrices } from "../usage/prices.ts";
import { Answer } from "./answer.ts";
import { closeTurn } from "./close-turn-store.ts";
import { TurnClock } from "./deadline.ts";
import { keepEnd } from "./keep-end.ts";
import { openTurnInOrder, type TurnRequest } from "./open-turn.ts";
import { openTurn } from "./open-turn-store.ts";
import { listPendingTurns } from "./pending-turn-store.ts";
import { RunningTurn } from "./running-turns.ts";

describeOnEveryEngine("a write whose connection breaks while it is committed", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  /** Loses the answer to the first write of a kind, which was kept or not. */
  function losing(lost: { readonly name: string }, isKept: boolean): Database {
    let isLost = false;
    const { database } = server;
    return {
      reader: database.reader,
      async write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input) {
        if (isLost || operation.name !== lost.name) return database.write(operation, input);
        isLost = true;
        if (isKept) await database.write(operation, input);
        throw new OutcomeUnknownError(new Error("Connection reset"));
      },
      [Symbol.asyncDispose]: async () => {},
    };
  }

  const claim = {
    label: "",
    userId: 1,
    isUserVerified: false,
    owner: "visitor:me",
    handsOver: null,
    strict: false,
  };
  const request: TurnRequest = {
    tenantId: "external_widget",
    conversationId: undefined,
    claim,
    network: "192.0.2.1",
    offeredOwner: null,
    text: "Hi",
    replaceMessageId: undefined,
    idempotency: undefined,
    budgeted: undefined,
  };
  const open = async (database: Database) => {
    const leaving = new AbortController().signal;
    const deps = {
      database,
      budgets: testBudgets(database),
      isBlocked: async () => false,
      lockWaitMs: 5_000,
      running: { leaving },
      now: Date.now,
    };
    const opened = await openTurnInOrder(deps, request);
    if ("tells" in opened) throw new Error("A new message is no repeat");
    return opened;
  };

  for (const isKept of [true, false]) {
    const kept = isKept ? "was kept all the same" : "was not kept";

    it(`opens one turn when the first write ${kept}`, async () => {
      const opened = await open(losing(openTurn, isKept));
      const pending = await listPendingTurns(server.database.reader);
      expect(pending.map(({ turnId }) => turnId)).toEqual([opened.turnId]);
    });

    it(`keeps the answer once when the first write ${kept}`, async () => {
      const opened = await open(server.database);
      const answer = new Answer(opened.conversationId);
      answer.append("Noted.");
      const clock = new TurnClock({ firstTokenMs: 1_000, totalMs: 1_000 });
      const running = new RunningTurn(request.tenantId, opened, clock, answer, () => {});
      const database = losing(closeTurn, isKept);
      const failures: unknown[] = [];
      const onFailure = (_: unknown, error: unknown) => failures.push(error);
      const deps = {
        database,
        prices: createPrices({ database }),
        budgets: testBudgets(database),
        model: server.model,
        now: Date.now,
        onFailure,
      };
      const end = await keepEnd(deps, running, { state: "done" });
      clock.stop();
      expect(end).toMatchObject({ event: "turn-end", data: { data: { text: "Noted." } } });
      expect(failures).toEqual([]);
      const page = { before: undefined, limit: 10, now: Date.now() };
      const { messages } = await readTranscript(
        server.database.reader,
        request.tenantId,
        opened.conversationId,
        { ...claim, userId: undefined },
        page,
      );
      expect(messages.map(({ text, status }) => [text, status])).toEqual([
        ["Hi", "done"],
        ["Noted.", "done"],
      ]);
    });
  }
});
