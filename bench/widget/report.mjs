/**
 * @typedef {import("./visit.mjs").Visit} Visit
 * @typedef {import("./visit.mjs").Load} Load
 * @typedef {{ median: number, min: number, max: number }} Spread
 * @typedef {{ requests: number, bytes: number, wireBytes: number, gzipBytes: number }} Weight
 * bytes: as compressed for this browser; wireBytes: with the answers' headers
 *
 * @typedef {{
 *   name: string,
 *   version?: string,
 *   onLoad: Weight,
 *   firstOpen: Weight,
 *   foreign: Record<string, number>,
 *   coldMs: Spread,
 *   preparedMs?: Spread,
 *   longTaskMs: Spread,
 *   layoutShift: Spread,
 *   heapMb: Spread,
 * }} Figures
 * @typedef {{ name: string, figure: number, limit: number, met: boolean }} Goal
 * @typedef {ReturnType<typeof import("../conditions.mjs").conditions> & { load: number, chromium: string,
 *   slowdown: number, rounds: number, widgets: Figures[], goals: Goal[] }} Results
 */

const KB = 1024;

/**
 * What AURA promises. Where the browser alone takes longer for a frame with nothing in it, nobody can take less.
 *
 * @type {readonly { name: string, most: number, of: (aura: Figures) => number, orBare?: boolean }[]}
 */
const GOALS = [
  { name: "loader, KB gzip", most: 3, of: ({ onLoad }) => onLoad.gzipBytes / KB },
  {
    name: "frame for a first open, KB gzip",
    most: 24,
    of: ({ onLoad, firstOpen }) => (firstOpen.gzipBytes - onLoad.gzipBytes) / KB,
  },
  { name: "requests until usable", most: 4, of: ({ firstOpen }) => firstOpen.requests },
  {
    name: "requests to foreign hosts",
    most: 0,
    of: ({ foreign }) => Object.values(foreign).reduce((sum, requests) => sum + requests, 0),
  },
  { name: "heap beyond the page's, MB", most: 1.5, of: ({ heapMb }) => heapMb.median },
  {
    name: "longest task before the click, ms",
    most: 50,
    orBare: true,
    of: ({ longTaskMs }) => longTaskMs.median,
  },
  { name: "layout shift", most: 0, of: ({ layoutShift }) => layoutShift.max },
  {
    name: "click to input when prepared, ms",
    most: 100,
    of: ({ preparedMs }) => preparedMs?.median ?? Number.POSITIVE_INFINITY,
  },
  { name: "click to input when cold, ms", most: 500, of: ({ coldMs }) => coldMs.median },
];

/**
 * @param {import("./subjects.mjs").Subject} subject
 * @param {{ cold: Visit[], prepared: Visit[], gzip: Visit }} visits
 * @param {number} blankHeapMb
 * @returns {Figures}
 */
export function summarize({ name, version }, { cold, prepared, gzip }, blankHeapMb) {
  const every = [...cold, ...prepared];
  const [first = gzip] = cold;
  return {
    name,
    ...(version && { version }),
    onLoad: weight(first.onLoad, gzip.onLoad),
    firstOpen: weight(first.firstOpen, gzip.firstOpen),
    foreign: first.firstOpen.foreign,
    coldMs: spread(cold.map(({ inputMs }) => inputMs)),
    ...(prepared.length > 0 && { preparedMs: spread(prepared.map(({ inputMs }) => inputMs)) }),
    // Where a frame is prepared, its start is a task before the click.
    longTaskMs: spread((prepared.length > 0 ? prepared : cold).map((visit) => visit.longTaskMs)),
    layoutShift: spread(
      every.map((visit) => visit.layoutShift),
      4,
    ),
    heapMb: spread(
      every.map((visit) => visit.heapMb - blankHeapMb),
      2,
    ),
  };
}

/**
 * @param {Figures} aura
 * @param {Figures} bareFrame
 * @returns {Goal[]}
 */
export function goalsOf(aura, bareFrame) {
  return GOALS.map(({ name, most, of, orBare }) => {
    const figure = round(of(aura), 2);
    const limit = orBare ? Math.max(most, of(bareFrame)) : most;
    return {
      name: limit > most ? `${name} (a bare frame's)` : name,
      figure,
      limit,
      met: figure <= limit,
    };
  });
}

/**
 * @param {readonly Figures[]} widgets
 * @param {readonly Goal[]} goals
 */
export function printReport(widgets, goals) {
  console.table(
    Object.fromEntries(
      widgets.map(({ name, onLoad, firstOpen, ...figures }) => [
        name,
        {
          "KB on load": round(onLoad.bytes / KB),
          "KB opened": round(firstOpen.bytes / KB),
          "gzip KB": round(firstOpen.gzipBytes / KB),
          requests: firstOpen.requests,
          foreign: Object.values(figures.foreign).reduce((sum, requests) => sum + requests, 0),
          "cold ms": shown(figures.coldMs),
          "prepared ms": figures.preparedMs ? shown(figures.preparedMs) : "–",
          "long task ms": shown(figures.longTaskMs),
          shift: figures.layoutShift.median,
          "heap MB": shown(figures.heapMb),
        },
      ]),
    ),
  );
  for (const { name, figure, limit, met } of goals) {
    console.log(`${met ? "✔" : "✖"} ${name}, at most ${limit}: ${figure}`);
  }
}

/** @param {Spread} spread */
function shown({ median, min, max }) {
  return `${median} (${min}–${max})`;
}

/**
 * @param {Load} all compressed as this browser likes it best
 * @param {Load} gzip
 * @returns {Weight}
 */
function weight({ requests, bytes, wireBytes }, gzip) {
  return { requests, bytes, wireBytes, gzipBytes: gzip.bytes };
}

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values, digits = 1) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ index) => round(sorted[index] ?? Number.NaN, digits);
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

/** @param {number} value */
function round(value, digits = 1) {
  return Number(value.toFixed(digits));
}
