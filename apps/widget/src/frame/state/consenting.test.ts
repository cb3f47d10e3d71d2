import { expect, it } from "vitest";
import type { FrameOptions } from "../../protocol.ts";
import { createConsenting } from "./consenting.ts";
import { signal } from "./signal.ts";
import { memory } from "./testing/chat-setup.ts";

const options = (text?: string) =>
  signal<FrameOptions>({
    apiBaseUrl: "",
    token: 0,
    colorScheme: "light",
    consent: text === undefined ? undefined : { text },
  });

it("is not asked for by a page that wants none", () => {
  expect(createConsenting(memory(), options()).isGiven.value).toBe(true);
});

it("is asked for once in a browser, and again for another text", () => {
  const store = memory();
  const first = createConsenting(store, options("We keep it."));
  expect(first.isGiven.value).toBe(false);
  first.agree();
  expect(first.isGiven.value).toBe(true);
  expect(createConsenting(store, options("We keep it.")).isGiven.value).toBe(true);
  expect(createConsenting(store, options("We keep all of it.")).isGiven.value).toBe(false);
});

it("is another visitor's own", () => {
  const store = memory();
  const consenting = createConsenting(store, options("We keep it."));
  consenting.agree();
  store.enter("somebody else", false);
  consenting.look();
  expect(consenting.isGiven.value).toBe(false);
});
