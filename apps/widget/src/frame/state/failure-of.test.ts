import "../i18n/testing/speak-english.ts";
import { OrchaClientError } from "@orcha/client";
import { expect, it } from "vitest";
import { failureOf, sayFailure } from "./failure-of.ts";
import { canRetryHelp } from "./turn.ts";

const limited = (retryAfterSeconds: number) =>
  failureOf(new OrchaClientError("rate_limited", "Too many requests.", { retryAfterSeconds }));

it("says how long to wait when that is longer than is waited anyway", () => {
  expect(sayFailure(limited(20))).toBe("Too many requests.");
  expect(sayFailure(limited(61))).toBe("Too many requests. Try again in 2 minutes.");
});

it("offers no Retry for what it cannot mend", () => {
  const helps = (code: string) => canRetryHelp({ code, message: "", retryable: false });
  expect(["budget_exhausted", "forbidden", "unauthorized"].map(helps)).toEqual([
    false,
    false,
    false,
  ]);
  expect(["model_timeout", "rate_limited", "network", "answer_blocked"].every(helps)).toBe(true);
  expect(canRetryHelp(undefined)).toBe(true);
});
