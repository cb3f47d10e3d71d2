import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiAddress, frameOptions, optionsFromData, readToken } from "./options.ts";

beforeEach(() => void vi.stubGlobal("location", { href: "https://shop.example/cart?x=1#y" }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the options of init", () => {
  it("take the server's address in every spelling", () => {
    const addresses = ["", "/chat/", "https://chat.example.com", "https://chat.example.com/base//"];
    expect(addresses.map((apiBaseUrl) => apiAddress({ apiBaseUrl }))).toEqual([
      "https://shop.example",
      "https://shop.example/chat",
      "https://chat.example.com",
      "https://chat.example.com/base",
    ]);
    for (const apiBaseUrl of ["javascript:alert(1)", "data:text/html,x"]) {
      expect(() => apiAddress({ apiBaseUrl })).toThrow(TypeError);
    }
  });

  it("go to the frame as plain data and without the token", () => {
    const options = { apiBaseUrl: "", authToken: () => "jwt", starters: ["A"], onOpen: () => 1 };
    expect(frameOptions(options, "dark", 3)).toEqual({
      apiBaseUrl: "https://shop.example",
      colorScheme: "dark",
      token: 3,
      starters: ["A"],
    });
    expect(frameOptions({ ...options, authToken: null }, "dark", 3)).toMatchObject({ token: 0 });
  });

  it("come from the script tag's attributes as well", () => {
    expect(optionsFromData({ tenantId: "t" })).toBeUndefined();
    expect(
      optionsFromData({ apiBaseUrl: "", tenantId: "t", useRag: "false", starters: "A|B" }),
    ).toMatchObject({ apiBaseUrl: "", tenantId: "t", useRag: false, starters: ["A", "B"] });
  });
});

describe("the token", () => {
  it("is a string or what a function gives", async () => {
    expect(await readToken({ apiBaseUrl: "", authToken: "jwt" })).toBe("jwt");
    expect(await readToken({ apiBaseUrl: "", authToken: async () => "jwt" })).toBe("jwt");
    expect(await readToken({ apiBaseUrl: "", authToken: () => null })).toBeUndefined();
  });

  it("is refused with a console error when it is a server's secret key", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const authToken of ["orcha_sk_1", () => "orcha_sk_1"]) {
      expect(await readToken({ apiBaseUrl: "", authToken })).toBeUndefined();
    }
    expect(error).toHaveBeenCalledTimes(2);
    expect(error.mock.calls[0]?.join()).not.toContain("orcha_sk_1");
  });
});
