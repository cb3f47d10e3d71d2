import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CleanTextStream, cleanText } from "./clean-text.ts";

describe("cleaning of text", () => {
  it("replaces U+0000 and lone surrogates and keeps everything else", () => {
    expect(cleanText("a\0b\ud800c\udc00d")).toBe("a\uFFFDb\uFFFDc\uFFFDd");
    expect(cleanText("naïve 👩‍👩‍👧 \r\n\t")).toBe("naïve 👩‍👩‍👧 \r\n\t");
  });

  it("gives the same for a stream cut anywhere, and never ends a piece inside a pair", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(20)), (text, cuts) => {
        const stream = new CleanTextStream();
        const pieces: string[] = [];
        let rest = text;
        for (const cut of cuts) {
          pieces.push(stream.push(rest.slice(0, cut)));
          rest = rest.slice(cut);
        }
        pieces.push(stream.push(rest), stream.flush());
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
        expect(pieces.join("")).toBe(cleanText(text));
      }),
    );
  });
});
