import { say } from "../kit.ts";
import { el } from "./elements.ts";

/** The titles of the sources, in the order of their numbers from 1. */
export type SourceTitles = readonly string[];

/** Chips for `1` or `1, 2` in brackets; undefined when they hold anything but numbers of known sources. */
export function citations(text: string, titles: SourceTitles): HTMLElement[] | undefined {
  if (!/^\d{1,3}(?:, ?\d{1,3})*$/.test(text)) return undefined;
  const numbers = text.split(",").map(Number);
  const areKnown = numbers.every((number) => number >= 1 && number <= titles.length);
  return areKnown ? numbers.map((number) => chip(number, titles[number - 1])) : undefined;
}

function chip(number: number, title: string | undefined): HTMLElement {
  return el("button", [`${number}`], {
    type: "button",
    class: "cite",
    "data-source": `${number}`,
    "aria-label": title ? say("sourceNamed", { number, title }) : say("source", { number }),
  });
}
