import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer } from "./page.ts";

beforeEach(() => {
  vi.stubGlobal("location", { href: "https://shop.example/cart" });
  vi.stubGlobal("document", { title: "Cart" });
});
afterEach(() => void vi.unstubAllGlobals());

describe("what the page answers to its frame", () => {
  it("is the token: a string, or what a function gives at that moment", async () => {
    let calls = 0;
    const fresh = () => `jwt-${++calls}`;
    expect(await answer("token", { apiBaseUrl: "", authToken: "jwt" })).toBe("jwt");
    expect(await answer("token", { apiBaseUrl: "", authToken: fresh })).toBe("jwt-1");
    expect(await answer("token", { apiBaseUrl: "", authToken: async () => fresh() })).toBe("jwt-2");
    expect(await answer("token", { apiBaseUrl: "", authToken: () => null })).toBeNull();
  });

  it("fails by rejecting, also where the page's function throws at once", async () => {
    const authToken = () => {
      throw new Error("no session");
    };
    await expect(answer("token", { apiBaseUrl: "", authToken })).rejects.toThrow("no session");
  });

  it("is the page itself", async () => {
    expect(await answer("page", { apiBaseUrl: "" })).toEqual({
      url: "https://shop.example/cart",
      title: "Cart",
    });
  });
});
