import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { pageContext } from "./page-context.ts";

const page = async () => ({ url: "https://shop.example/cart?token=1#pay", title: "Cart" });

describe("what the model is told of the page", () => {
  let complaints: MockInstance;
  beforeEach(() => {
    complaints = vi.spyOn(console, "error").mockReturnValue(undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it("is nothing that the page did not ask for", async () => {
    expect(await pageContext(undefined, page)).toBeUndefined();
    expect(await pageContext({}, page)).toBeUndefined();
    expect(await pageContext({ data: { plan: "pro" } }, page)).toEqual({ data: { plan: "pro" } });
    expect(complaints).not.toHaveBeenCalled();
  });

  it("is the address without what may hold secrets, and the title", async () => {
    expect(await pageContext({ page: true }, page)).toEqual({
      url: "https://shop.example/cart",
      title: "Cart",
    });
  });

  it("leaves out data that make it too much for the server, and says so", async () => {
    // Together with `{"data":{"note":""}}` exactly the most that the server takes, in bytes and not in characters.
    const note = "é".repeat((2048 - 20) / 2);
    expect(await pageContext({ data: { note } }, page)).toEqual({ data: { note } });
    expect(complaints).not.toHaveBeenCalled();
    expect(await pageContext({ data: { note: `${note}.` } }, page)).toBeUndefined();
    expect(await pageContext({ page: true, data: { note } }, page)).toEqual({
      url: "https://shop.example/cart",
      title: "Cart",
    });
    expect(complaints.mock.calls).toEqual([
      ["[aura] context.data", "over 2 KB"],
      ["[aura] context.data", "over 2 KB"],
    ]);
  });

  it("leaves out a title that grows too long by being written as JSON", async () => {
    const long = async () => ({
      url: `https://shop.example/${"a".repeat(1000)}`,
      title: "\u0001".repeat(300),
    });
    expect(await pageContext({ page: true }, long)).toEqual({
      url: `https://shop.example/${"a".repeat(979)}`,
    });
    expect(complaints).toHaveBeenCalledWith("[aura] context.title", "over 2 KB");
  });
});
