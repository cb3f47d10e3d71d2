import { describe, expect, it } from "vitest";
import { createStore } from "./store.ts";

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
    const scope = { api: "https://a.example", tenantId: "t", userId: 1 };
    createStore(scope, areas).setConversation(7);
    createStore(scope, areas).setVisitor("secret");

    expect(createStore({ ...scope, userId: "1" }, areas).conversation()).toBe("7");
    expect(createStore(scope, areas).visitor()).toBe("secret");
    for (const other of [{ api: "https://b.example" }, { tenantId: "u" }, { userId: 2 }]) {
      expect(createStore({ ...scope, ...other }, areas).conversation()).toBeUndefined();
      expect(createStore({ ...scope, ...other }, areas).visitor()).toBeUndefined();
    }
  });

  it("forgets a conversation that is dropped", () => {
    const areas = { tab: area(), browser: undefined };
    const store = createStore({ api: "" }, areas);
    store.setConversation(7);
    store.setConversation(undefined);
    expect(createStore({ api: "" }, areas).conversation()).toBeUndefined();
  });

  it("goes on in memory where storage is blocked or full", () => {
    for (const tab of [undefined, blocked]) {
      const store = createStore({ api: "" }, { tab, browser: tab });
      store.setConversation(7);
      store.setVisitor("secret");
      expect(store.conversation()).toBe("7");
      expect(store.visitor()).toBe("secret");
      store.setConversation(undefined);
      expect(store.conversation()).toBeUndefined();
    }
  });
});
