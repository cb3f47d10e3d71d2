import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseParser } from "./sse.ts";

const STREAM =
  '\uFEFF: ping\r\n\r\nid: 7:1\r\nevent: turn-start\r\ndata: {"turn_id":7}\r\n\r\n' +
  "event:text-delta\ndata: one\ndata:two 😀\n\n:comment\n\ndata\n\nid: 9\rdata: last\r\r" +
  "event: never\ndata: finished";

function parseIn(pieces: readonly string[]) {
  const parse = createSseParser();
  return pieces.flatMap(parse);
}

describe("the event stream parser", () => {
  it("reads names, ids, several data lines, comments and every line ending", () => {
    expect(parseIn([STREAM])).toEqual([
      { event: "turn-start", data: '{"turn_id":7}', id: "7:1" },
      { event: "text-delta", data: "one\ntwo 😀", id: "7:1" },
      { event: "message", data: "", id: "7:1" },
      { event: "message", data: "last", id: "9" },
    ]);
  });

  it("gives the same events however the stream is cut", () => {
    const whole = parseIn([STREAM]);
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
        const pieces = at.slice(1).map((end, index) => STREAM.slice(at[index], end));
        expect(parseIn(pieces)).toEqual(whole);
      }),
    );
  });
});
