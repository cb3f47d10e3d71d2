import { expect, it } from "vitest";
import { type Audience, Canaries, type Reading } from "./canaries.ts";

function setup(audience: Audience, owners: readonly string[] = []) {
  const canaries = new Canaries();
  const word = canaries.plant({ what: "a thing of A", place: "A", audience, owners });
  const reading: Reading = {
    caller: { name: "ada", staffOf: undefined },
    place: "A",
    isForStaff: false,
    question: "GET /things",
  };
  /** Whether a reader who finds the word has found a leak. */
  const leaksTo = (who: Partial<Reading>) =>
    canaries.findIn(`It is ${word}.`, { ...reading, ...who }).leaked.length > 0;
  return { canaries, word, reading, leaksTo };
}

const ada = { name: "ada", staffOf: undefined };
const operatorOfA = { name: "operator", staffOf: "A" };
const operatorOfB = { name: "other operator", staffOf: "B" };

it("lets everybody who asks the tenant read what is for its visitors, and nobody elsewhere", () => {
  const { leaksTo } = setup("visitors");
  expect(leaksTo({})).toBe(false);
  expect(leaksTo({ place: "B" })).toBe(true);
  expect(leaksTo({ caller: operatorOfA, isForStaff: true })).toBe(false);
  expect(leaksTo({ caller: operatorOfB, isForStaff: true })).toBe(true);
});

it("lets an owner read its own where it was said, its tenant's staff too, and nobody else", () => {
  const { leaksTo } = setup("owners", ["ada"]);
  expect(leaksTo({ caller: ada })).toBe(false);
  expect(leaksTo({ caller: ada, place: "B" })).toBe(true);
  expect(leaksTo({ caller: { ...ada, name: "bob" } })).toBe(true);
  expect(leaksTo({ caller: operatorOfA, isForStaff: true, place: "no tenant" })).toBe(false);
  expect(leaksTo({ caller: operatorOfA })).toBe(true);
  expect(leaksTo({ caller: operatorOfB, isForStaff: true })).toBe(true);
});

it("lets nobody but its staff read what is the staff's, and an operator its own anywhere", () => {
  const { leaksTo } = setup("staff", ["ada"]);
  expect(leaksTo({ caller: ada, place: "no tenant" })).toBe(false);
  expect(leaksTo({ caller: { ...ada, name: "bob" } })).toBe(true);
  expect(leaksTo({ caller: operatorOfA, isForStaff: true })).toBe(false);
});

it("takes no word that stands in the question for an answer", () => {
  const { leaksTo, word } = setup("owners", ["ada"]);
  expect(leaksTo({ place: "B", question: `GET /things?q=${word}` })).toBe(false);
});

it("finds an id as a number of its own, not inside of another one", () => {
  const { canaries, reading } = setup("staff");
  canaries.plant({ what: "an id", place: "A", audience: "staff", owners: [] }, "123456789012");
  const leaked = (text: string) => canaries.findIn(text, reading).leaked.map(({ what }) => what);
  expect(leaked('{"user_id":123456789012,"a":1}')).toEqual(["an id"]);
  expect(leaked('{"id":9123456789012}')).toEqual([]);
});

it("tells what somebody may see from what leaked", () => {
  const { canaries, word, reading } = setup("owners", ["ada"]);
  const found = canaries.findIn(word, { ...reading, caller: ada });
  expect(found.own.map(({ what }) => what)).toEqual(["a thing of A"]);
  expect(found.leaked).toEqual([]);
});
