import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import type { Installation } from "../installation.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { startRunner, TENANT } from "../testing/turn-runner.ts";
import { dayOf } from "../usage/days.ts";
import { runPriceDelete, runPriceList, runPriceSet } from "./price.ts";
import { runUsage } from "./usage.ts";

const MODEL = "scripted/one";
const today = dayOf(Date.now());

describeOnEveryEngine("the commands of usage and prices", (engine) => {
  let storage: TestStorage;
  let installation: Installation;
  let printed: string;
  beforeEach(async () => {
    storage = await engine.create();
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    const nowhere = new URL("file:///nowhere/");
    installation = {
      version: "0.0.0",
      writerScript: pathToFileURL(inject("writerScript")),
      ingestScript: nowhere,
      widgetFolder: nowhere,
      consoleFolder: nowhere,
      docsFolder: nowhere,
      env: storage.env,
    };
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
    await storage[Symbol.asyncDispose]();
  });

  const tableOf = (text: string) => text.split("\n").map((line) => line.trim().split(/\s{2,}/));
  const work = async (turns: number) => {
    await using database = await storage.open();
    const runner = await startRunner(database);
    for (let turn = 0; turn < turns; turn += 1) await runner.run();
  };

  it("price a model, list the prices and take one away", async () => {
    await runPriceSet(installation, { model: MODEL, input: "2.5", output: "10" });
    printed = "";
    await runPriceList(installation);
    expect(tableOf(printed).slice(0, 2)).toEqual([
      ["MODEL", "INPUT", "OUTPUT", "SINCE"],
      [MODEL, "2.5", "10", today],
    ]);
    await runPriceDelete(installation, { model: MODEL });
    await expect(runPriceDelete(installation, { model: MODEL })).rejects.toThrow("has no price");
    for (const input of ["", "cheap", "-1"]) {
      await expect(runPriceSet(installation, { model: MODEL, input, output: "1" })).rejects.toThrow(
        SetUpError,
      );
    }
  });

  it("print what was used, as a table or as JSON", async () => {
    await runPriceSet(installation, { model: MODEL, input: "1000", output: "2000" });
    await work(2);
    printed = "";
    await runUsage(installation, { by: "day,model" });
    expect(tableOf(printed).slice(0, 3)).toEqual([
      [
        "DAY",
        "MODEL",
        "CONVERSATIONS",
        "TURNS",
        "FAILED TURNS",
        "INPUT TOKENS",
        "OUTPUT TOKENS",
        "COST",
      ],
      [today, MODEL, "2", "2", "0", "14", "6", "0.026"],
      ["total", "2", "2", "0", "14", "6", "0.026"],
    ]);
    printed = "";
    await runUsage(installation, { tenant: "*", by: "tenant", json: true });
    expect(JSON.parse(printed)).toMatchObject({
      tenant_id: "*",
      currency: "USD",
      totals: { turns: 2, cost: 0.026 },
      data: [{ tenant_id: TENANT, turns: 2 }],
    });
    await expect(runUsage(installation, { from: "yesterday" })).rejects.toThrow(SetUpError);
    await expect(runUsage(installation, { from: "2026-02-02", to: "2026-02-01" })).rejects.toThrow(
      SetUpError,
    );
  });

  it("compare the usage with a recount, and say where they differ", async () => {
    await work(1);
    printed = "";
    await runUsage(installation, { recount: true });
    expect(printed).toBe("The usage equals a recount of all turns.\n");
    expect(process.exitCode).toBeUndefined();
  });
});
