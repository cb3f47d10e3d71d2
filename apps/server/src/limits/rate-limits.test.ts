import { storedTenantSettingsSchema, type TenantSettings } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import { MinuteCounter } from "./counter.ts";
import { RateLimitedError } from "./rate-limited-error.ts";
import { createRateLimits, type MessageSender } from "./rate-limits.ts";

function setup(limits: Partial<TenantSettings["limits"]> = {}) {
  const clock = { ms: 1_000_000 };
  const rateLimits = createRateLimits(() => clock.ms);
  const tenant = {
    id: "shop",
    settings: storedTenantSettingsSchema.parse({ name: "Shop", limits }),
  };
  const visitor: MessageSender = {
    tenant,
    keyId: undefined,
    owner: "visitor:a",
    network: "1.1.1.1",
  };
  /** How many of some messages are let through. */
  const send = (count: number, sender: Partial<MessageSender> = {}) =>
    Array.from({ length: count }).filter(() => waitFor({ ...visitor, ...sender }) === 0).length;
  const waitFor = (sender: MessageSender) => refusal(() => rateLimits.message(sender));
  return { clock, rateLimits, tenant, visitor, send, waitFor };
}

/** The seconds of Retry-After; 0 when nothing is refused. */
function refusal(ask: () => void): number {
  try {
    ask();
    return 0;
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds;
    throw error;
  }
}

describe("messages", () => {
  it("are 20 a minute for a visitor", () => {
    const { send } = setup();
    expect(send(25)).toBe(20);
    expect(send(1, { owner: "visitor:b" })).toBe(1);
  });

  it("are 120 a minute for an address, whoever its visitors say they are", () => {
    const { send } = setup();
    const many = Array.from({ length: 150 }, (_, at) => send(1, { owner: `visitor:${at}` }));
    expect(many.filter(Boolean)).toHaveLength(120);
    expect(send(1, { owner: null })).toBe(0);
    expect(send(1, { network: "2.2.2.2" })).toBe(1);
  });

  it("are 3,000 a minute for a tenant, wherever they come from", () => {
    const { send } = setup();
    const many = Array.from({ length: 3100 }, (_, at) =>
      send(1, { owner: null, network: `${at}` }),
    );
    expect(many.filter(Boolean)).toHaveLength(3000);
  });

  it("are 600 a minute for a server's key, which no address and no visitor limits", () => {
    const { send } = setup();
    expect(send(700, { keyId: 1 })).toBe(600);
    expect(send(1, { keyId: 2 })).toBe(1);
    expect(send(1)).toBe(1);
  });

  it("are as many as the tenant sets", () => {
    const { send } = setup({ visitor_per_minute: 2, address_per_minute: 3, tenant_per_minute: 5 });
    expect(send(9)).toBe(2);
    expect(send(9, { owner: "visitor:b" })).toBe(1);
    expect(send(9, { owner: null, network: "2.2.2.2" })).toBe(2);
    expect(send(9, { keyId: 1 })).toBe(0);
    expect(setup({ key_per_minute: 4 }).send(9, { keyId: 1 })).toBe(4);
  });

  it("of one tenant take nothing from another's", () => {
    const { send, tenant } = setup({ visitor_per_minute: 1, address_per_minute: 1 });
    expect(send(2)).toBe(1);
    expect(send(2, { tenant: { ...tenant, id: "bank" } })).toBe(1);
  });

  it("that are refused at one limit take nothing from the others", () => {
    const { send } = setup({ visitor_per_minute: 1, address_per_minute: 3, tenant_per_minute: 4 });
    expect(send(50)).toBe(1);
    expect(send(50, { owner: null })).toBe(2);
    expect(send(50, { owner: null, network: "2.2.2.2" })).toBe(1);
  });

  it("are let through again when the time that the refusal told is over", () => {
    const { clock, send, visitor, waitFor } = setup({ visitor_per_minute: 2 });
    send(1);
    clock.ms += 20_500;
    send(1);
    expect(waitFor(visitor)).toBe(40);
    clock.ms += 39_499;
    expect(waitFor(visitor)).toBe(1);
    clock.ms += 1;
    expect(send(3)).toBe(2);
  });

  it("wait for the limit that is the last to end", () => {
    const { clock, send, visitor, waitFor } = setup({
      visitor_per_minute: 1,
      address_per_minute: 2,
    });
    send(1, { owner: "visitor:b" });
    clock.ms += 30_000;
    send(1);
    expect(waitFor(visitor)).toBe(60);
  });
});

it("lets an address make 600 other requests a minute", () => {
  const { rateLimits, send } = setup();
  const asked = Array.from({ length: 700 }, () => refusal(() => rateLimits.request("1.1.1.1")));
  expect(asked.filter((wait) => wait === 0)).toHaveLength(600);
  expect(refusal(() => rateLimits.request("2.2.2.2"))).toBe(0);
  expect(send(1)).toBe(1);
});

describe("a counter", () => {
  it("forgets keys whose minute is over", () => {
    const counter = new MinuteCounter(1000);
    for (let at = 0; at < 500; at += 1) counter.add(`key ${at}`, at);
    counter.add("late", 60_250);
    expect(counter.keys).toBe(250); // those of 251 to 499, and the late one
  });

  it("never holds more keys than it may, and forgets the oldest first", () => {
    const counter = new MinuteCounter(100);
    for (let at = 0; at < 10_000; at += 1) counter.add(`key ${at}`, 0);
    expect(counter.keys).toBe(100);
    expect(counter.waitMs("key 9999", 1, 0)).toBe(60_000);
    expect(counter.waitMs("key 9899", 1, 0)).toBe(0);
  });
});
