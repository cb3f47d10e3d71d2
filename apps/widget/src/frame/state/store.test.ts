import { describe, expect, it } from "vitest";
import { createStore, scopeName } from "./store.ts";

function area() {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}
const blocked = {
  getItem: () => null,
  setItem() {
    throw new Error("QuotaExceededError");
  },
  removeItem() {
    throw new Error("SecurityError");
  },
};

describe("what the frame remembers", () => {
  it("keeps servers, tenants and users apart", () => {
    const areas = { tab: area(), browser: area() };
    const scope = scopeName("https://a.example", "t", 1);
    createStore(scope, areas).setConversation(7);
    createStore(scope, areas).setVisitor("secret");
    createStore(scope, areas).setOutbox({
      text: "Hi",
      idempotencyKey: "k",
      useRag: true,
      at: Date.now(),
    });

    const same = createStore(scopeName("https://a.example", "t", "1"), areas);
    expect(same.conversation()).toBe("7");
    expect(same.visitor()).toBe("secret");
    expect(same.outbox()?.text).toBe("Hi");
    for (const other of [
      scopeName("https://b.example", "t", 1),
      scopeName("https://a.example", "u", 1),
      scopeName("https://a.example", "t", 2),
      scopeName("https://a.example", "t", 1, ""),
      scopeName("https://a.example", "t", 1, "ada"),
      scopeName("https://a.example"),
    ]) {
      const store = createStore(other, areas);
      expect([store.conversation(), store.visitor(), store.outbox()]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it("keeps the conversations of two widgets of a page apart, and not their visitor", () => {
    const areas = { tab: area(), browser: area() };
    const scope = scopeName("https://a.example");
    const one = createStore(scope, areas);
    const two = createStore(scope, { ...areas, id: "two" });
    one.setConversation(7);
    one.setVisitor("secret");
    expect(two.conversation()).toBeUndefined();
    expect(two.visitor()).toBe("secret");
    two.setConversation(8);
    expect(createStore(scope, { ...areas, id: "two" }).conversation()).toBe("8");
    expect(createStore(scope, { ...areas, id: "default" }).conversation()).toBe("7");
  });

  it("goes on under another name, with or without what there was", () => {
    const areas = { tab: area(), browser: area() };
    for (const storage of [areas, { tab: undefined, browser: blocked }]) {
      const nobody = scopeName("https://a.example", "t");
      const ada = scopeName("https://a.example", "t", null, "ada");
      const store = createStore(nobody, storage);
      store.setConversation(7);
      store.setVisitor("secret");
      store.enter(ada, true);
      expect([store.scope, store.conversation(), store.visitor()]).toEqual([ada, "7", "secret"]);
      store.enter(nobody, false);
      expect([store.conversation(), store.visitor()]).toEqual([undefined, undefined]);
      store.setVisitor("next");
      store.enter(ada, true);
      expect([store.conversation(), store.visitor()]).toEqual(["7", "next"]);
    }
  });

  it("forgets a conversation that is dropped", () => {
    const areas = { tab: area(), browser: undefined };
    const store = createStore("", areas);
    store.setConversation(7);
    store.setConversation(undefined);
    expect(createStore("", areas).conversation()).toBeUndefined();
  });

  it("takes what is kept as a message only when it is one", () => {
    for (const broken of ["", "{", "null", "[]", '"text"', '{"text":"Hi"}']) {
      const tab = area();
      tab.setItem("aura:outbox:", broken);
      expect(createStore("", { tab, browser: undefined }).outbox()).toBeUndefined();
    }
  });

  it("goes on in memory where storage is blocked or full", () => {
    for (const tab of [undefined, blocked]) {
      const store = createStore("", { tab, browser: tab });
      store.setConversation(7);
      store.setVisitor("secret");
      expect(store.conversation()).toBe("7");
      expect(store.visitor()).toBe("secret");
      store.setConversation(undefined);
      expect(store.conversation()).toBeUndefined();
    }
  });
});
