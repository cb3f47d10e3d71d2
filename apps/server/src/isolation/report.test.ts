import { expect, it } from "vitest";
import type { RouteFindings } from "./ask-everything.ts";
import { questionsFor } from "./questions.ts";
import { type IsolationResult, problemsOf, reportLines } from "./report.ts";

const findings: RouteFindings = {
  route: "GET /things",
  asked: new Map([["visitor", { requests: 12, granted: 3 }]]),
  own: 3,
  mustShow: true,
  leaks: [],
  errors: [],
};
const clean: IsolationResult = { findings: [findings], unasked: [], harm: [] };
const problems = (change: Partial<RouteFindings>) =>
  problemsOf({ ...clean, findings: [{ ...findings, ...change }] });

it("finds nothing wrong where nothing is", () => {
  expect(problemsOf(clean)).toEqual([]);
});

it("tells what leaked to whom", () => {
  const canary = { word: "w", what: "a thing of A", place: "A", audience: "staff", owners: [] };
  const leak = { caller: "stranger", place: "A", request: "GET /things", canary } as const;
  const [problem] = problems({ leaks: [leak] as RouteFindings["leaks"] });
  expect(problem).toBe("LEAK: a thing of A was shown to the stranger, asking at A: GET /things");
  expect(problems({ leaks: Array(30).fill(leak) }).at(-1)).toBe("LEAK: 10 more");
});

it("fails for a route that no question is known for", () => {
  const policy = { for: "staff" } as const;
  expect(questionsFor({ method: "GET", path: "/api/v1/orcha/unheard-of", policy })).toBeUndefined();
  expect(problemsOf({ ...clean, unasked: ["GET /unheard-of"] })[0]).toContain("NOT ASKED");
});

it("fails when a question shows nobody what is their own, for then it would not have seen a leak", () => {
  expect(problems({ own: 0 })[0]).toContain("PROVES NOTHING");
  expect(problems({ own: 0, mustShow: false })).toEqual([]);
});

it("fails for harm, and for an answer of 500 or above", () => {
  expect(problemsOf({ ...clean, harm: ["keys of A changed"] })[0]).toBe("HARM: keys of A changed.");
  expect(problems({ errors: ["500 for GET /things"] })[0]).toContain("500");
});

it("shows for each route how many requests of each kind of caller were granted", () => {
  const [head, row] = reportLines(clean).map((line) => line.split(/ {2,}/));
  expect(head).toEqual([
    "route",
    "nobody",
    "visitors",
    "subjects",
    "servers",
    "operators",
    "own seen",
    "leaks",
  ]);
  expect(row).toEqual(["GET /things", "–", "3/12", "–", "–", "–", "3", "0"]);
});
