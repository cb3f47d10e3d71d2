import { OrchaError } from "@orcha/contract";
import { expect, it } from "vitest";
import { OpenAnswers } from "./open-answers.ts";

it("gives each visitor only so many answers at a time, and all together only so many", () => {
  const open = new OpenAnswers({ total: 3, perVisitor: 2 });
  const refused = new OrchaError("rate_limited");
  const first = open.enter("ada");
  open.enter("ada");
  expect(() => open.enter("ada")).toThrow(refused);
  open.enter(null);
  expect(() => open.enter("bea")).toThrow(refused);
  first[Symbol.dispose]();
  open.enter("bea");
  expect(() => open.enter(null)).toThrow(refused);
});
