import { expect, it } from "vitest";
import { isAllowedOrigin } from "./allowed-origins.ts";

const list = ["https://shop.example", "https://*.shop.example", "http://localhost:5173"];

it.each([
  ["https://shop.example", true],
  ["https://www.shop.example", true],
  ["https://a.b.shop.example", true],
  ["http://localhost:5173", true],
  ["http://shop.example", false],
  ["https://shop.example:8443", false],
  ["https://evilshop.example", false],
  ["https://shop.example.evil.example", false],
  ["http://localhost:5174", false],
  ["null", false],
  ["", false],
])("decides about a page of %s by the tenant's list: %s", (origin, allowed) => {
  expect(isAllowedOrigin(origin, list)).toBe(allowed);
});

it("allows every page where the tenant has no list", () => {
  expect(isAllowedOrigin("https://anywhere.example", [])).toBe(true);
});
