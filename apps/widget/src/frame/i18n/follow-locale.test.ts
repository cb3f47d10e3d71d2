import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FrameOptions } from "../../protocol.ts";
import { signal } from "../state/signal.ts";
import { followLocale } from "./follow-locale.ts";
import { addWords, say, setOwnWords, setWords } from "./words.ts";

const root = { lang: "", dir: "" };
beforeEach(() => void vi.stubGlobal("document", { documentElement: root }));
afterEach(() => {
  vi.unstubAllGlobals();
  setWords({}, "en");
  setOwnWords({});
});

/** A frame that came in German. */
function setup() {
  const options = signal<FrameOptions>({ apiBaseUrl: "", token: 0 });
  const changes = followLocale(options, { lang: "de-AT", words: { send: "Senden" } as never });
  const update = (more: Partial<FrameOptions>) => {
    options.value = { ...options.value, ...more };
  };
  return { update, changes };
}

it("speaks what came with the document, and keeps words that came later when options change", () => {
  const { update } = setup();
  expect([say("send"), root.lang, root.dir]).toEqual(["Senden", "de-AT", "ltr"]);
  addWords({ retry: "Erneut versuchen" });
  update({ header: { title: "Other" } });
  expect(say("retry")).toBe("Erneut versuchen");
  update({ strings: { send: "Ab damit" } });
  expect(say("send")).toBe("Ab damit");
});

it("changes to another language and back, and stays where there is none", async () => {
  const { update, changes } = setup();
  update({ locale: "ar" });
  await expect.poll(() => root).toEqual({ lang: "ar", dir: "rtl" });
  expect(say("retry")).not.toBe("retry");
  const before = changes.value;
  update({ locale: "xx" });
  update({ locale: undefined });
  await expect.poll(() => root).toEqual({ lang: "de-AT", dir: "ltr" });
  expect(say("send")).toBe("Senden");
  expect(changes.value).toBe(before + 1);
});
