import "../i18n/testing/speak-english.ts";
import { describe, expect, it } from "vitest";
import { nextSpeech } from "./speech.ts";

/** Everything that is said while the answer grows by pieces of the given length. */
function speak(answer: string, pieceLength: number) {
  const said: string[] = [];
  let told = 0;
  for (let end = pieceLength; end < answer.length + pieceLength; end += pieceLength) {
    const speech = nextSpeech(answer.slice(0, end), told, end >= answer.length);
    told = speech.to;
    if (speech.text) said.push(speech.text);
  }
  return said;
}

describe("what is read aloud", () => {
  it("is whole sentences, never pieces of words", () => {
    expect(speak("It costs 3.50 euros. Really! And that is all", 1)).toEqual([
      "It costs 3.50 euros.",
      "Really!",
      "And that is all",
    ]);
  });

  it("is the words without their marks", () => {
    const answer =
      "## Title\n- **Open** [the list](https://x.example/a_b) [1]. Use snake_case.\n| a | b |\n|---|---|\n";
    expect(speak(answer, answer.length)).toEqual(["Title Open the list. Use snake_case. a b"]);
  });

  it("names a block of code instead of reading it, and waits for its end", () => {
    const answer = "Run this.\n```sh\nnpm start. Now.\nls\n```\nDone.";
    expect(speak(answer, 3).join(" ")).toBe("Run this. Code block. Done.");
  });

  it("stays quick on text made to be slow", () => {
    const started = performance.now();
    for (const pattern of ["[", "![", "**", "_", "> ", "```", "|", "[a](", " .", "\n"]) {
      nextSpeech(pattern.repeat(10_000), 0, true);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
