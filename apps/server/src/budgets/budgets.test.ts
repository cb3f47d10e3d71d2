import { once } from "node:events";
import type { TurnEvent } from "@orcha/contract";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Database } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { createExtractiveAnswerer } from "../models/extractive.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { startRunner, type TurnRunner } from "../testing/turn-runner.ts";
import { abandonTurns, listPendingTurns } from "../turns/pending-turn-store.ts";
import { dayOf, monthOf } from "../usage/days.ts";
import { setPrice } from "../usage/prices-store.ts";
import { recountUsage } from "../usage/recount-store.ts";

const actor = { kind: "system", id: "", name: "test" } as const;
const day = dayOf(Date.now());
const month = monthOf(day);

describeOnEveryEngine("budgets", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  /** What is kept of the budgets, the tenant's own first. */
  const readRows = async (reader = database.reader) =>
    reader.query(
      EVERY_TENANT,
      reader.builder
        .selectFrom("budget_spend")
        .select(["subject", "period", "tokens", "cost", "reserved_tokens", "reserved_cost"])
        .orderBy("subject")
        .orderBy("period", "desc"),
    );
  const turnsOnRecord = async () => {
    const { reader } = database;
    return reader.query(EVERY_TENANT, reader.builder.selectFrom("turns").select("id"));
  };
  const price = async (model: string, inputPrice: number, outputPrice: number) => {
    const entry = { tenantId: "*", actor, action: "price.set", target: model, detail: {} };
    const values = { model, inputPrice, outputPrice };
    await database.write(setPrice, { ...values, entry: { ...entry, address: "", now: 0 } });
  };
  /** The most that the runner's plain turn can cost, as a refused one shows. */
  const worstOf = async (runner: TurnRunner) => {
    let isSaid = () => {};
    runner.speak = async function* (_, signal) {
      isSaid();
      yield "Hm";
      if (!signal.aborted) await once(signal, "abort");
    };
    const said = new Promise<void>((resolve) => {
      isSaid = resolve;
    });
    const answering = runner.run({}, { budget: { tokens_per_day: 1_000_000 } });
    await said;
    const [row] = await readRows();
    for (const { clock } of runner.running.all) clock.abort(new Error("Enough"));
    await answering;
    runner.speak = () => ["Noted."];
    return row?.reserved_tokens ?? 0;
  };

  it("set the worst case aside while a turn runs and count what it used at its end", async () => {
    const runner = await startRunner(database);
    let during: unknown;
    runner.speak = async function* () {
      during = await readRows();
      yield "Noted.";
    };
    const end = await runner.run({}, { budget: { tokens_per_day: 1_000 } });
    expect(end).toMatchObject({ event: "turn-end" });
    const reserved = { tokens: 0, reserved_tokens: expect.toSatisfy((n) => n > 50 && n < 200) };
    expect(during).toMatchObject([
      { subject: "", period: day, ...reserved },
      { subject: "", period: month, ...reserved },
    ]);
    const settled = { tokens: 10, reserved_tokens: 0, reserved_cost: 0 };
    expect(await readRows()).toMatchObject([
      { period: day, ...settled },
      { period: month, ...settled },
    ]);
  });

  it("refuse a turn that could pass them, before anything of it is kept or asked", async () => {
    const runner = await startRunner(database);
    await expect(runner.run({}, { budget: { tokens_per_month: 60 } })).rejects.toMatchObject({
      code: "budget_exhausted",
      message: "The assistant has reached its limit for now. Please come back later.",
    });
    expect(await turnsOnRecord()).toEqual([]);
    expect(await readRows()).toEqual([]);
    expect(runner.requests).toEqual([]);
  });

  it("leave tenants without any, and answers that cost nothing, alone", async () => {
    const runner = await startRunner(database);
    await runner.run();
    const quoting = await startRunner(database, { model: createExtractiveAnswerer() });
    await quoting.run({}, { budget: { tokens_per_day: 1, money_per_day: 0.01 } });
    expect(await turnsOnRecord()).toHaveLength(2);
    expect(await readRows()).toEqual([]);
  });

  it("are never passed by 100 turns at once on two processes of which one dies", async () => {
    const other = await storage.open();
    const answerTokens = 50;
    const probe = await startRunner(database, { answerTokens });
    const worst = await worstOf(probe);
    // What is used is what was set aside, so that one turn too many would show.
    const usage = { inputTokens: worst - answerTokens, outputTokens: answerTokens };
    const lives = await startRunner(database, { answerTokens, usage });
    const dies = await startRunner(other, { answerTokens, usage });
    const [before] = await readRows();
    const limit = (before?.tokens ?? 0) + 20 * worst + worst - 1;
    const budget = { tokens_per_day: limit };

    let highest = 0;
    const look = async () => {
      const [row] = await readRows();
      highest = Math.max(highest, (row?.tokens ?? 0) + (row?.reserved_tokens ?? 0));
    };
    lives.speak = async function* () {
      await look();
      yield "Noted.";
    };
    let die = () => {};
    const isDead = new Promise<void>((resolve) => {
      die = resolve;
    });
    dies.speak = async function* () {
      yield "Hm";
      await isDead;
    };
    const outcomes: Promise<TurnEvent | { readonly code: string }>[] = [];
    for (let turn = 0; turn < 5; turn += 1) dies.run({}, { budget }).catch(() => undefined);
    await vi.waitFor(() => expect(dies.requests).toHaveLength(5));
    for (let turn = 0; turn < 50; turn += 1) {
      outcomes.push(lives.run({}, { budget }).catch((error) => error));
      dies.run({}, { budget }).catch(() => undefined);
    }
    const ended = await Promise.all(outcomes);
    const succeeded = ended.filter((end) => "event" in end && end.event === "turn-end").length;
    await vi.waitFor(() => expect(succeeded + dies.requests.length).toBe(20));
    for (const end of ended) expect(["turn-end", "budget_exhausted"]).toContain(nameOf(end));

    // The process is gone with its turns; a third one finds that.
    await other[Symbol.asyncDispose]();
    await abandonTurns(database, await listPendingTurns(database.reader), Date.now());
    die();
    await look();
    expect(highest).toBeLessThanOrEqual(limit);
    const tokens = (before?.tokens ?? 0) + 20 * worst;
    expect(await readRows()).toMatchObject([
      { period: day, tokens, reserved_tokens: 0, reserved_cost: 0 },
      { period: month, tokens, reserved_tokens: 0, reserved_cost: 0 },
    ]);
    expect(await recountUsage(database.reader, EVERY_TENANT)).toEqual([]);
    await expect(lives.run({}, { budget })).rejects.toMatchObject({ code: "budget_exhausted" });
  });

  it("hold each visitor by itself, under a name that tells nobody who it is", async () => {
    const runner = await startRunner(database);
    const settings = { budget: { visitor_tokens_per_day: 150 } };
    const as = (owner: string | null) => {
      const claim = { label: "", userId: 1, isUserVerified: false, handsOver: null, strict: false };
      return runner.run({ claim: { ...claim, owner } }, settings);
    };
    const refused = { code: "budget_exhausted" };
    while ((await as("visitor:ada").catch((error) => error)).code !== refused.code);
    await expect(as("visitor:ada")).rejects.toMatchObject(refused);
    expect(await as("visitor:bob")).toMatchObject({ event: "turn-end" });
    expect(await as(null)).toMatchObject({ event: "turn-end" });
    const subjects = (await readRows()).map(({ subject }) => subject);
    expect(subjects).toHaveLength(4);
    expect(subjects.join(" ")).not.toMatch(/ada|bob|visitor/);
  });

  it("begin with what the day and the month have used when they are switched on", async () => {
    const runner = await startRunner(database);
    await runner.run();
    await runner.run();
    await runner.run({}, { budget: { tokens_per_day: 1_000 } });
    expect(await readRows()).toMatchObject([{ tokens: 30 }, { tokens: 30 }]);
    // Switched off for a while, then on again.
    await runner.run();
    await runner.run({}, { budget: { tokens_per_day: 1_000 } });
    expect(await readRows()).toMatchObject([{ tokens: 50 }, { tokens: 50 }]);
  });

  it("reckon money by the dearest model that may answer, and settle what the one that did costs", async () => {
    await price("scripted/one", 1_000_000, 2_000_000);
    await price("scripted/dear", 10_000_000, 20_000_000);
    let during: { readonly reserved_tokens: number; readonly reserved_cost: number } | undefined;
    const dear = {
      name: "scripted/one",
      models: ["scripted/one", "scripted/dear"],
      maxCalls: 4,
      alwaysRetrieves: false,
      async *stream() {
        [during] = await readRows();
        yield { type: "text", text: "Noted." } as const;
        const usage = { inputTokens: 7, outputTokens: 3 };
        yield { type: "finish", finishReason: "stop", usage, model: "scripted/one" } as const;
      },
    };
    const chain = await startRunner(database, { model: dear });
    await chain.run({}, { budget: { money_per_day: 1 } });
    expect(during?.reserved_cost).toBe(((during?.reserved_tokens ?? 0) - 50) * 10 + 50 * 20);
    expect(await readRows()).toMatchObject([
      { cost: 7 + 3 * 2, reserved_cost: 0 },
      { cost: 7 + 3 * 2, reserved_cost: 0 },
    ]);
  });

  it("of money refuse every turn while a model has no price, and say so once", async () => {
    const runner = await startRunner(database);
    const settings = { budget: { money_per_month: 100 } };
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(runner.run({}, settings)).rejects.toMatchObject({ code: "budget_exhausted" });
    }
    expect(runner.unpriced).toEqual(["scripted/one"]);
  });

  it("get back what was set aside for a turn that fails, and count what it surely used", async () => {
    const runner = await startRunner(database);
    const settings = { budget: { tokens_per_day: 1_000 } };
    runner.speak = function* () {
      yield "Half an answer";
      throw new Error("Cut");
    };
    await runner.run({}, settings);
    const [row] = await readRows();
    expect(row).toMatchObject({ reserved_tokens: 0, tokens: expect.toSatisfy((n) => n > 20) });
    const { reader } = database;
    const turns = reader.builder.selectFrom("turns").select(["input_tokens", "output_tokens"]);
    const [turn] = await reader.query(EVERY_TENANT, turns);
    expect((turn?.input_tokens ?? 0) + (turn?.output_tokens ?? 0)).toBe(row?.tokens);
  });

  it("tell a repeated message its answer when they are used up, and do not run it again", async () => {
    const runner = await startRunner(database);
    const idempotency = { key: "answered".padEnd(22, "x"), bodyHash: "a" };
    const claim = { label: "", userId: 1, isUserVerified: false, handsOver: null, strict: false };
    const input = { idempotency, claim: { ...claim, owner: "visitor:ada" } };
    await runner.run(input);
    const settings = { budget: { tokens_per_day: 11 } };
    expect(await runner.run(input, settings)).toMatchObject({ event: "turn-end" });

    const failing = { ...input, idempotency: { ...idempotency, key: "failed".padEnd(22, "x") } };
    runner.speak = () => {
      throw new Error("Down");
    };
    await runner.run(failing);
    await expect(runner.run(failing, settings)).rejects.toMatchObject({ code: "budget_exhausted" });
    runner.speak = () => ["Noted."];
    const roomy = { budget: { tokens_per_day: 1_000 } };
    expect(await runner.run(failing, roomy)).toMatchObject({ event: "turn-end" });
    expect(await readRows()).toMatchObject([
      { tokens: expect.toSatisfy((n) => n >= 20), reserved_tokens: 0 },
      { reserved_tokens: 0 },
    ]);
    expect(await recountUsage(database.reader, EVERY_TENANT)).toEqual([]);
  });
});

function nameOf(end: TurnEvent | { readonly code: string }): string {
  return "event" in end ? end.event : end.code;
}
