import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { startRunner, TENANT } from "../testing/turn-runner.ts";
import { dayOf } from "../usage/days.ts";
import { forgetSpend } from "./upkeep-store.ts";
import { type BudgetWarning, warnOfBudgets } from "./warn.ts";

const DAY_MS = 86_400_000;

describeOnEveryEngine("a budget that is nearly used up", (engine) => {
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

  const usage = { inputTokens: 50, outputTokens: 30 };
  const settings = { budget: { tokens_per_day: 200, tokens_per_month: 100_000 } };

  it("is told to its owner once, by one of the processes", async () => {
    const processes = [
      await startRunner(database, { usage }),
      await startRunner(database, { usage }),
    ];
    const warnings: BudgetWarning[] = [];
    const warn = () =>
      Promise.all(
        processes.map(({ budgets }) =>
          warnOfBudgets({
            database,
            budgets,
            now: Date.now,
            onWarning: (warning) => warnings.push(warning),
          }),
        ),
      );
    await processes[0]?.run({}, settings);
    await warn();
    expect(warnings).toEqual([]);

    await Promise.allSettled(processes.map(({ run }) => run({}, settings)));
    for (const { run } of processes) await run({}, settings).catch(() => undefined);
    await warn();
    await warn();
    const period = dayOf(Date.now());
    const told = { period, tokens: 160, tokensLimit: 200, money: 0, moneyLimit: null };
    expect(warnings).toEqual([{ tenantId: TENANT, ...told }]);
    const { reader } = database;
    const log = reader.builder
      .selectFrom("audit_log")
      .select(["tenant_id", "actor_kind", "action", "target", "detail"]);
    const entries = await reader.query(EVERY_TENANT, log);
    expect(
      entries.map(({ detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail) })),
    ).toEqual([
      {
        tenant_id: TENANT,
        actor_kind: "system",
        action: "budget.warning",
        target: period,
        detail: told,
      },
    ]);
  });

  it("is forgotten when its period is long over", async () => {
    const long = Date.now() - 63 * DAY_MS;
    const before = Date.now() - 3 * DAY_MS;
    const visitors = { budget: { ...settings.budget, visitor_tokens_per_day: 200 } };
    const claim = {
      label: "",
      userId: 1,
      isUserVerified: false,
      owner: "visitor:ada",
      handsOver: null,
      strict: false,
    };
    for (const now of [long, before, Date.now()]) {
      const runner = await startRunner(database, { usage, now: () => now });
      await runner.run({ claim }, visitors);
    }
    await database.write(forgetSpend, { now: Date.now() });
    const { reader } = database;
    const rows = await reader.query(
      EVERY_TENANT,
      reader.builder.selectFrom("budget_spend").select(["subject", "period"]),
    );
    const days = (isTenant: boolean) =>
      rows
        .filter(({ subject, period }) => (subject === "") === isTenant && period.length === 10)
        .map(({ period }) => period)
        .sort();
    expect(days(true)).toEqual([dayOf(before), dayOf(Date.now())]);
    expect(days(false)).toEqual([dayOf(Date.now())]);
  });
});
