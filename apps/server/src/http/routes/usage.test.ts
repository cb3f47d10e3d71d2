import {
  priceListSchema,
  type UsageReport,
  usageReportSchema,
  userUsageSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { staffClient } from "../../operators/testing/staff-client.ts";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";
import { dayOf, monthOf } from "../../usage/days.ts";

const SHOP = "external_widget";
const MODEL = "scripted/one";
const today = dayOf(Date.now());

describeOnEveryEngine("usage and prices", (engine) => {
  let server: TestServer;
  let owner: ReturnType<typeof staffClient>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    owner = staffClient(server);
    await owner.becomeOwner();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const get = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${server.url}/api/v1/orcha/${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const price = (body: unknown, model = MODEL) =>
    owner.ask("PUT", `prices?model=${encodeURIComponent(model)}`, body);

  it("tell what a tenant has used, to the last turn, by what is asked for", async () => {
    const reader = await giveKey(server.database, SHOP, ["read"]);
    const none = usageReportSchema.strict().parse((await get("usage", reader)).body);
    expect(none).toMatchObject({ tenant_id: SHOP, to: today, currency: "USD", data: [] });
    expect(none.totals).toMatchObject({ turns: 0, cost: 0 });

    expect((await price({ input_price: 1_000, output_price: 2_000 })).status).toBe(200);
    const first = await server.chat({ text: "Hi" });
    await server.chat({ text: "Again", conversation_id: first.data.conversation_id });
    await server.chat({ text: "Hi", tenant_id: "somewhere" });
    const { body } = await get("usage?group_by=day,label,user,model", reader);
    const report: UsageReport = usageReportSchema.strict().parse(body);
    const figures = { failed_turns: 0, turns: 2, conversations: 1, input_tokens: 14 };
    const row = { day: today, label: "", user_id: 1, model: MODEL };
    const cost = (7 * 1_000 + 3 * 2_000) / 1_000_000;
    expect(report.data).toEqual([
      { ...row, ...figures, output_tokens: 6, cost: 2 * cost },
      {
        ...row,
        label: "somewhere",
        failed_turns: 0,
        turns: 1,
        conversations: 1,
        input_tokens: 7,
        output_tokens: 3,
        cost,
      },
    ]);
    expect(report.totals).toMatchObject({ turns: 3, conversations: 2, cost: 3 * cost });
    const labelled = await get("usage?tenant_id=somewhere", reader);
    expect(labelled.body).toMatchObject({ totals: { turns: 1 } });
  });

  it("tell of one user, and of nobody else's tenant", async () => {
    const reader = await giveKey(server.database, SHOP, ["read"]);
    await server.chat({ text: "Hi" });
    const one = await get("tokens/usage/1", reader);
    expect(userUsageSchema.strict().parse(one.body)).toMatchObject({
      user_id: 1,
      totals: { turns: 1 },
      data: [{ day: today, input_tokens: 7, output_tokens: 3 }],
    });
    for (const user of ["2", "x", "0", "-1"]) {
      expect((await get(`tokens/usage/${user}`, reader)).status).toBe(404);
    }
    expect((await get("usage?tenant_id=*", reader)).status).toBe(403);
    expect((await get("usage", {})).status).toBe(401);
    const chats = await giveKey(server.database, SHOP, ["chat"]);
    expect((await get("usage", chats)).status).toBe(403);
  });

  it("tell the installation's staff of every tenant", async () => {
    await owner.ask("POST", "tenants", { id: "other", settings: { name: "Other" } });
    await server.chat({ text: "Hi" });
    await server.chat({ text: "Hi", tenant_id: "other" });
    const everything = await giveKey(server.database, "*", ["read"]);
    const { body } = await get("usage?tenant_id=*&group_by=tenant", everything);
    expect(usageReportSchema.strict().parse(body)).toMatchObject({
      tenant_id: "*",
      totals: { turns: 2 },
      data: [
        { tenant_id: SHOP, turns: 1 },
        { tenant_id: "other", turns: 1 },
      ],
      budgets: [],
    });
  });

  it("refuse days and groups that are none", async () => {
    const reader = await giveKey(server.database, SHOP, ["read"]);
    const wrong = [
      "from=yesterday",
      "to=2026-13-01",
      "from=2026-11-22&to=2026-11-21",
      "group_by=colour",
      "group_by=day,day,day,day,day,day",
    ];
    for (const query of wrong) {
      expect((await get(`usage?${query}`, reader)).status).toBe(400);
    }
    const old = await get("usage?from=2020-01-01&to=2020-12-31&group_by=day", reader);
    expect(old.body).toMatchObject({ data: [], totals: { turns: 0 } });
  });

  it("tell how much of a budget is used up, and let a used-up one speak to the visitor", async () => {
    const budget = { tokens_per_day: 2_000, tokens_per_month: 50_000 };
    const changed = await owner.ask("PATCH", `tenants/${SHOP}`, { settings: { budget } });
    expect(changed.status).toBe(200);
    await server.restart();
    await server.chat({ text: "Hi" });
    const reader = await giveKey(server.database, SHOP, ["read"]);
    const { body } = await get("usage", reader);
    const row = { subject: "tenant", cost: 0, cost_limit: null, reserved_cost: 0, warned: false };
    expect(usageReportSchema.strict().parse(body).budgets).toEqual([
      { ...row, period: today, tokens: 10, tokens_limit: 2_000, reserved_tokens: 0 },
      { ...row, period: monthOf(today), tokens: 10, tokens_limit: 50_000, reserved_tokens: 0 },
    ]);

    const answers: {
      readonly success: boolean;
      readonly status: number;
      readonly message: string;
    }[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.model.reply = async function* () {
      yield "Hm";
      await released;
    };
    const waiting = server.chat({ text: "Hi" });
    while (server.model.requests.length < 2) await server.visitor();
    answers.push(await server.chat({ text: "Hi" }));
    release();
    expect(await waiting).toMatchObject({ success: true });
    expect(answers).toMatchObject([
      {
        status: 200,
        success: false,
        message: "The assistant has reached its limit for now. Please come back later.",
      },
    ]);
  });

  it("are priced by the owner alone, and everything is on record", async () => {
    expect((await price({ input_price: 2.5, output_price: 10 })).body).toMatchObject({
      model: MODEL,
      input_price: 2.5,
      output_price: 10,
    });
    const list = priceListSchema.strict().parse((await owner.ask("GET", "prices")).body);
    expect(list).toMatchObject({ currency: "USD", data: [{ model: MODEL, input_price: 2.5 }] });
    for (const body of [{}, { input_price: -1, output_price: 1 }, { input_price: "1" }]) {
      expect((await price(body)).status).toBe(400);
    }
    expect((await owner.ask("PUT", "prices", { input_price: 1, output_price: 1 })).status).toBe(
      400,
    );

    const admin = await giveKey(server.database, "*", ["read", "admin"]);
    expect((await get("admin/prices", admin)).status).toBe(200);
    const put = await fetch(`${server.url}/api/v1/orcha/admin/prices?model=${MODEL}`, {
      method: "PUT",
      headers: { ...admin, "content-type": "application/json" },
      body: JSON.stringify({ input_price: 0, output_price: 0 }),
    });
    expect(put.status).toBe(403);
    const ofShop = await giveKey(server.database, SHOP, ["read"]);
    expect((await get("admin/prices", ofShop)).status).toBe(403);

    expect((await owner.ask("DELETE", `prices?model=${MODEL}`)).status).toBe(200);
    expect((await owner.ask("DELETE", `prices?model=${MODEL}`)).status).toBe(404);
    const { reader } = server.database;
    const log = reader.builder.selectFrom("audit_log").select(["action", "target"]);
    const entries = await reader.query("*", log.where("action", "like", "price.%").orderBy("id"));
    expect(entries).toEqual([
      { action: "price.set", target: MODEL },
      { action: "price.delete", target: MODEL },
    ]);
  });
});
