import type { Context } from "@orcha/contract";
import { expect, it } from "vitest";
import { passage } from "../testing/server.ts";
import { Answer } from "./answer.ts";
import { suggestFollowUps } from "./suggest-follow-ups.ts";

const titled = (title: string | null): Context => ({ ...passage, title });

/** The end of an answer as its model ended it. */
function endOf(text: string, finishReason: "stop" | "length" | "stopped" | "cut" = "stop") {
  const answer = new Answer(1);
  answer.append(text);
  return answer.turnEnd({ inputTokens: 0, outputTokens: 0, model: null, finishReason });
}

function suggest(titles: readonly (string | null)[], text: string, question = "How?") {
  return suggestFollowUps({ question, contexts: titles.map(titled), text, end: endOf(text) });
}

it("suggests the headings of passages that the answer does not cite", () => {
  const titles = ["Billing › Refunds", "Billing › Invoices", "Delivery", "Returns"];
  expect(suggest(titles, "Within 30 days. [1]")).toEqual(["Invoices", "Delivery", "Returns"]);
  expect(suggest(titles, "Both. [1, 3]")).toEqual(["Invoices", "Returns"]);
  expect(suggest(titles, "No. [12] [x]")).toEqual(["Refunds", "Invoices", "Delivery"]);
});

it("leaves out what was asked, what is cited under another title, and what was suggested", () => {
  const titles = ["A › Refunds", "B › refunds", "How do I  pay?", "C › Delivery", "D › Delivery."];
  expect(suggest(titles, "So. [1]", "how do I pay")).toEqual(["Delivery"]);
});

it("leaves out passages without a heading and headings that are too long", () => {
  const most = "\u{1F600}".repeat(80);
  expect(suggest([null, "", "A › ", `${most}a`, most], "So.")).toEqual([most]);
});

it("has nothing to suggest for an answer that is not whole", () => {
  const contexts = [titled("Refunds")];
  for (const reason of ["length", "stopped", "cut"] as const) {
    const end = endOf("So.", reason);
    expect(suggestFollowUps({ question: "How?", contexts, text: "So.", end })).toEqual([]);
  }
  const failed = new Answer(1).turnError("model_timeout");
  expect(suggestFollowUps({ question: "How?", contexts, text: "", end: failed })).toEqual([]);
  const end = endOf("So.");
  expect(suggestFollowUps({ question: "How?", contexts: undefined, text: "So.", end })).toEqual([]);
});
