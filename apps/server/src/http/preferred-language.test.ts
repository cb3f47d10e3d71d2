import { expect, it } from "vitest";
import { preferredLanguage } from "./preferred-language.ts";

const OURS = ["en", "ar", "de", "fr"];

it("is the first that we have, by the browser's order and weights", () => {
  expect(preferredLanguage("nl, fr;q=0.5, de-AT;q=0.9, en;q=0.1", OURS)).toBe("de-AT");
  expect(preferredLanguage("fr-CA", OURS)).toBe("fr-CA");
  expect(preferredLanguage("DE", OURS)).toBe("DE");
});

it("is the first of ours for those who wish for none of them, or for nothing that is a language", () => {
  for (const wishes of [
    "",
    "nl",
    "*",
    "de;q=0",
    "de_AT",
    "<script>",
    "x".repeat(5000),
    "q=1;;,,",
  ]) {
    expect(preferredLanguage(wishes, OURS), wishes.slice(0, 20)).toBe("en");
  }
});
