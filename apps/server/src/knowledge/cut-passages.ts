import type { Passage } from "./document.ts";
import type { LaidOutDocument, Section, Span } from "./lay-out-document.ts";

const MAX_CHARACTERS = 1_500;
/** Below this a section shares a passage with the next one under the same first heading. */
const TINY_CHARACTERS = 300;
/** From here on a minor heading begins a passage of its own. */
const FULL_ENOUGH_CHARACTERS = 700;

/** Cuts a document at the borders of its blocks into passages that can be read, quoted and found on their own. */
export function cutPassages(document: LaidOutDocument): Passage[] {
  const groups: Span[][] = [];
  let group: Span[] = [];
  const finish = () => {
    if (group.some(({ kind }) => kind !== "heading")) groups.push(group);
    group = [];
  };

  for (const span of document.spans.flatMap((long) => cutLongSpan(long, document.text))) {
    if (span.kind === "heading") {
      if (beginsPassage(span, group)) finish();
    } else if (span.end - startOf(group, span) > MAX_CHARACTERS) {
      const leads = takeTrailingLeads(group, document.text);
      finish();
      group = leads;
    }
    group.push(span);
  }
  finish();

  const toCodePoints = codePointOffsets(document.text);
  return groups.map((spans, position) => {
    const [start, end] = [startOf(spans), spans.at(-1)?.end ?? 0];
    const { path, anchor } = mainSection(spans);
    return {
      position,
      heading: path.join(" › "),
      anchor,
      start: toCodePoints(start),
      end: toCodePoints(end),
      text: document.text.slice(start, end),
    };
  });
}

function beginsPassage(heading: Span, group: readonly Span[]): boolean {
  const last = group.at(-1);
  if (!last) return false;
  const size = last.end - startOf(group);
  if (heading.level >= 3) return size >= FULL_ENOUGH_CHARACTERS;
  const sameTop =
    heading.section.path.length > 1 && heading.section.path[0] === last.section.path[0];
  return !sameTop || size >= TINY_CHARACTERS;
}

function startOf(group: readonly Span[], otherwise?: Span): number {
  return (group[0] ?? otherwise)?.start ?? 0;
}

/** A heading, or the sentence that announces a list or code, belongs to what follows it. */
function takeTrailingLeads(group: Span[], text: string): Span[] {
  const leads: Span[] = [];
  for (let last = group.at(-1); last && isLead(last, text); last = group.at(-1)) {
    leads.unshift(last);
    group.pop();
  }
  return leads;
}

function isLead({ kind, start, end }: Span, text: string): boolean {
  if (kind === "heading") return true;
  return kind === "paragraph" && end - start < MAX_CHARACTERS / 4 && text[end - 1] === ":";
}

/** The section that most of the passage belongs to. */
function mainSection(spans: readonly Span[]): Section {
  const sizes = new Map<Section, number>();
  for (const { section, start, end } of spans) {
    sizes.set(section, (sizes.get(section) ?? 0) + end - start);
  }
  let main: Section = { path: [], anchor: "" };
  let largest = -1;
  for (const [section, size] of sizes) if (size > largest) [main, largest] = [section, size];
  return main;
}

/** Cuts text that is too long for one passage behind a sentence, else behind a word. */
function cutLongSpan(span: Span, text: string): Span[] {
  if (span.kind === "code" || span.end - span.start <= MAX_CHARACTERS) return [span];
  const pieces: Span[] = [];
  let start = span.start;
  while (span.end - start > MAX_CHARACTERS) {
    const length = goodCut(text.slice(start, start + MAX_CHARACTERS));
    pieces.push({ ...span, start, end: start + length });
    start += length;
    while (text[start] === " ") start += 1;
  }
  if (start < span.end) pieces.push({ ...span, start, end: span.end });
  return pieces;
}

function goodCut(piece: string): number {
  for (const ends of [/[.!?](?=\s)|[。！？]/g, /\S(?=\s)/g]) {
    let last = 0;
    for (const end of piece.matchAll(ends)) last = end.index + end[0].length;
    if (last >= piece.length / 2) return last;
  }
  // Never between the halves of a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(piece) ? piece.length - 1 : piece.length;
}

/** Translates UTF-16 offsets, which must be asked for in rising order. */
function codePointOffsets(text: string): (offset: number) => number {
  let units = 0;
  let points = 0;
  return (offset) => {
    if (offset < units) throw new RangeError("Offsets must rise");
    while (units < offset) {
      units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
      points += 1;
    }
    return points;
  };
}
