import { readdirSync, readFileSync } from "node:fs";
import { DEEP } from "./deep.mjs";
import { SCHEMES } from "./schemes.mjs";

/**
 * One hostile text. Its id stands in whatever it would run or fetch, so that the trace names the payload.
 *
 * @typedef {{ id: string, text: string }} Payload
 */

/** Every host name below it belongs to nobody. */
export const CANARY = "canary.example";

/**
 * All payloads: those of the text files, one a line, and those that are computed.
 *
 * In a line, ⏎ is a line feed, ⇥ a tab and \u{…} any code point; @X is a script that opens a dialog, @P one that sets
 * `__pwned`, @H a canary's host and @U its address.
 *
 * @returns {readonly Payload[]}
 */
export function readCorpus() {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));
  return [
    ...files.sort().flatMap((name) => family(name.slice(0, -4), linesOf(name))),
    ...family("schemes", SCHEMES),
    ...family("deep", DEEP),
  ];
}

/** @param {string} name */
function linesOf(name) {
  const lines = readFileSync(new URL(name, import.meta.url), "utf8").split("\n");
  return lines.filter((line) => line !== "").map(decode);
}

/** @param {string} line */
function decode(line) {
  return line
    .replaceAll("⏎", "\n")
    .replaceAll("⇥", "\t")
    .replace(/\\u\{([0-9a-f]+)\}/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
}

/**
 * @param {string} name
 * @param {readonly string[]} texts
 * @returns {Payload[]}
 */
function family(name, texts) {
  return texts.map((text, index) => {
    const id = `${name}-${index + 1}`;
    /** @type {Readonly<Record<string, string>>} */
    const words = {
      "@X": `alert(/${id}/)`,
      "@P": `__pwned=/${id}/`,
      "@H": `${id}.${CANARY}`,
      "@U": `https://${id}.${CANARY}/`,
    };
    return { id, text: text.replace(/@[XPHU]/g, (word) => words[word] ?? word) };
  });
}
