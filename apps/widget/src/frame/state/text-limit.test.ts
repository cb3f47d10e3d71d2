import "../i18n/testing/speak-english.ts";
import { describe, expect, it } from "vitest";
import { checkDraft } from "./text-limit.ts";

describe("the limit of a message", () => {
  it("counts code points of the trimmed text, as the server does", () => {
    expect(checkDraft("😀".repeat(8000))).toMatchObject({ canSend: true, tooLong: false });
    expect(checkDraft(`  ${"😀".repeat(8001)}`)).toMatchObject({ canSend: false, tooLong: true });
  });

  it("sends nothing that is empty", () => {
    expect(checkDraft(" \n ")).toMatchObject({ canSend: false, tooLong: false });
  });

  it("shows the counter near the limit only", () => {
    expect(checkDraft("x".repeat(7199)).counter).toBeUndefined();
    expect(checkDraft("x".repeat(7200)).counter).toBe("7,200 of 8,000 characters");
    expect(checkDraft("x".repeat(20_000)).counter).toBe("20,000 of 8,000 characters");
  });
});
