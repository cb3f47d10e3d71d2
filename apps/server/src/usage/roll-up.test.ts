import { once } from "node:events";
import { setImmediate as nextLoop } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection, Database } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { startTestServer, type TestServer } from "../testing/server.ts";
import { abandonTurns, listPendingTurns } from "../turns/pending-turn-store.ts";
import { requestStop } from "../turns/stop-store.ts";
import { setPrice } from "./prices-store.ts";
import { recountUsage } from "./recount-store.ts";

const actor = { kind: "system", id: "", name: "test" } as const;

describeOnEveryEngine("the usage roll-up", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine, { env: { ORCHA_RATE_LIMITS: "off" } });
    const entry = {
      tenantId: "*",
      actor,
      action: "price.set",
      target: "",
      detail: {},
      address: "",
    };
    const price = { model: "scripted/one", inputPrice: 3_000_000, outputPrice: 15_000_000 };
    await server.database.write(setPrice, { ...price, entry: { ...entry, now: 0 } });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const key = (name: string) => ({ "idempotency-key": name.padEnd(22, "x") });

  it("counts conversations, turns, failures, tokens and money by day, label, user and model", async () => {
    const first = await server.chat({ text: "Hi" });
    await server.chat({ text: "Again", conversation_id: first.data.conversation_id });
    server.model.reply = () => {
      throw new Error("Down");
    };
    await server.chat({ text: "Else", tenant_id: "somewhere" });

    const rows = await rolledUp(server.database.reader);
    expect(rows).toMatchObject([
      {
        label: "",
        user_id: 1,
        model: "scripted/one",
        conversations: 1,
        turns: 2,
        failed_turns: 0,
        input_tokens: 14,
        output_tokens: 6,
        cost: 2 * (7 * 3 + 3 * 15),
      },
      { label: "somewhere", model: "", conversations: 1, turns: 1, failed_turns: 1 },
    ]);
    expect(await recountUsage(server.database.reader, EVERY_TENANT)).toEqual([]);
  });

  it("counts a turn that is run again once, with what all its attempts have used", async () => {
    server.model.reply = function* () {
      yield "Half an answer";
      throw new Error("Cut");
    };
    await server.chat({ text: "Hi" }, key("once"));
    const [failed] = await rolledUp(server.database.reader);
    expect(failed).toMatchObject({ model: "", turns: 1, failed_turns: 1, conversations: 1 });

    server.model.reply = () => ["Whole."];
    await server.chat({ text: "Hi" }, key("once"));
    const rows = await rolledUp(server.database.reader);
    expect(rows).toMatchObject([
      {
        model: "scripted/one",
        turns: 1,
        failed_turns: 0,
        conversations: 1,
        input_tokens: (failed?.input_tokens ?? 0) + 7,
        output_tokens: (failed?.output_tokens ?? 0) + 3,
      },
    ]);
  });

  it("says of the whole turn what it used, at its end and from the record", async () => {
    server.model.reply = function* () {
      yield "Half an answer";
      throw new Error("Cut");
    };
    await server.chat({ text: "Hi" }, key("told"));
    server.model.reply = () => ["Whole."];
    const live = await server.stream({ text: "Hi" }, key("told"));
    const told = await server.stream({ text: "Hi" }, key("told"));
    expect(live.events.at(-1)).toMatchObject({ event: "turn-end" });
    expect(told.events.at(-1)).toEqual(live.events.at(-1));
  });

  it("equals a recount after any mixture of ends", async () => {
    const random = seeded(7);
    const open: (number | null)[] = [];
    for (let round = 0; round < 12; round += 1) {
      const turns = Array.from({ length: 5 }, async (_, index) => {
        const kind = Math.floor(random() * 5);
        const continued = random() < 0.5 ? open[Math.floor(random() * open.length)] : undefined;
        const at = `${round}-${index}`;
        const answer = await runOne(server, kind, at, continued);
        open.push(answer);
      });
      await Promise.all(turns);
      await abandonOne(server, round);
      expect(await recountUsage(server.database.reader, EVERY_TENANT)).toEqual([]);
    }
    const rows = await rolledUp(server.database.reader);
    const sum = (name: "turns" | "failed_turns" | "conversations") =>
      rows.reduce((total, row) => total + row[name], 0);
    expect(sum("turns")).toBeGreaterThanOrEqual(60);
    expect(sum("failed_turns")).toBeGreaterThan(0);
    expect(sum("conversations")).toBeLessThan(sum("turns"));
  });

  /** One turn that ends in one of six ways; answers its conversation when that can go on. */
  async function runOne(
    { chat, model, database }: TestServer,
    kind: number,
    at: string,
    conversation: number | null | undefined,
  ): Promise<number | null> {
    const message = { text: `[${kind}] ${at}`, conversation_id: conversation };
    model.reply = (request, signal) => answerOf(request.messages.at(-1)?.text ?? "", signal);
    const answering = chat(message, key(at));
    if (kind === 3) await stopWhatHangs(database, answering);
    const answer = await answering;
    if (kind === 1) await chat(message, key(at)); // told again, or run again
    if (kind === 2) {
      const last = Number(answer.headers.get("x-orcha-message-id"));
      await chat({
        text: `[0] ${at}`,
        conversation_id: answer.data.conversation_id,
        replace_message_id: last,
      });
    }
    return answer.data.conversation_id;
  }
});

const seen = new Map<string, number>();

/** A turn that is taken away from its process, and run again after every second time. */
async function abandonOne({ chat, model, database }: TestServer, round: number): Promise<void> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  model.reply = async function* () {
    yield "Some words";
    await opened;
  };
  const headers = { "idempotency-key": `abandoned-${round}`.padEnd(22, "x") };
  const answering = chat({ text: "Abandoned" }, headers);
  await vi.waitFor(async () => {
    const pending = await listPendingTurns(database.reader);
    expect(pending).not.toEqual([]);
    await abandonTurns(database, pending, Date.now());
  });
  open();
  await answering;
  model.reply = () => ["Whole."];
  if (round % 2 === 0) await chat({ text: "Abandoned" }, headers);
}

/** Stops the turns that run until one has ended. */
async function stopWhatHangs(database: Database, answering: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  const ended = answering.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    for (const { tenantId, turnId } of await listPendingTurns(database.reader)) {
      await database.write(requestStop, { tenantId, id: turnId });
    }
    await Promise.race([ended, nextLoop()]);
  }
}

/** `[1]` fails at first and succeeds when it is run again, `[3]` hangs until it is stopped, `[4]` fails in the middle. */
async function* answerOf(text: string, signal: AbortSignal): AsyncGenerator<string> {
  const times = (seen.get(text) ?? 0) + 1;
  seen.set(text, times);
  yield "Some words ";
  if (text.startsWith("[3]") && !signal.aborted) await once(signal, "abort");
  signal.throwIfAborted();
  if (text.startsWith("[4]") || (text.startsWith("[1]") && times === 1)) throw new Error("Cut");
  yield "and more.";
}

/** The roll-up with its slots added up, in a fixed order. */
async function rolledUp(reader: Connection) {
  const rows = await reader.query(
    EVERY_TENANT,
    reader.builder
      .selectFrom("usage_daily")
      .select((select) => [
        "tenant_id",
        "label",
        "user_id",
        "model",
        select.fn.sum<number>("conversations").as("conversations"),
        select.fn.sum<number>("turns").as("turns"),
        select.fn.sum<number>("failed_turns").as("failed_turns"),
        select.fn.sum<number>("input_tokens").as("input_tokens"),
        select.fn.sum<number>("output_tokens").as("output_tokens"),
        select.fn.sum<number>("cost").as("cost"),
      ])
      .groupBy(["tenant_id", "day", "label", "user_id", "model"])
      .orderBy("label")
      .orderBy("model"),
  );
  const numbers = rows.map(({ tenant_id, label, user_id, model, ...figures }) => ({
    tenant_id,
    label,
    user_id,
    model,
    ...mapNumbers(figures),
  }));
  return numbers.filter(({ turns }) => turns !== 0);
}

function mapNumbers<Name extends string>(figures: Record<Name, unknown>): Record<Name, number> {
  const entries = Object.entries(figures).map(([name, value]) => [name, Number(value)]);
  return Object.fromEntries(entries);
}

/** The same numbers each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
