import type { RouteFindings } from "./ask-everything.ts";
import type { Caller } from "./world.ts";

const KINDS: readonly Caller["kind"][] = ["nobody", "visitor", "subject", "server", "operator"];
const COLUMNS = [
  "route",
  ...KINDS.map((kind) => `${kind}s`.replace("nobodys", "nobody")),
  "own seen",
  "leaks",
];
const MAX_LEAKS_SHOWN = 20;

export interface IsolationResult {
  readonly findings: readonly RouteFindings[];
  /** Routes that no question is known for. */
  readonly unasked: readonly string[];
  /** What was changed by somebody who may not. */
  readonly harm: readonly string[];
}

/** What the result means; empty when everything is as it must be. */
export function problemsOf({ findings, unasked, harm }: IsolationResult): string[] {
  const leaks = findings.flatMap(({ leaks }) => leaks);
  const shown = leaks
    .slice(0, MAX_LEAKS_SHOWN)
    .map(
      ({ canary, caller, place, request }) =>
        `LEAK: ${canary.what} was shown to the ${caller}, asking at ${place}: ${request}`,
    );
  const more = leaks.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`LEAK: ${more} more`] : []),
    ...harm.map((what) => `HARM: ${what}.`),
    ...unasked.map((route) => `NOT ASKED: no question is known for ${route}.`),
    ...findings
      .filter(({ mustShow, own }) => mustShow && own === 0)
      .map(({ route }) => `PROVES NOTHING: ${route} showed nobody what is their own.`),
    ...findings.flatMap(({ route, errors }) =>
      errors.slice(0, 3).map((error) => `ERROR: ${route} answered ${error}`),
    ),
  ];
}

/** A table for people: for each route and kind of caller how many of how many requests were granted. */
export function reportLines(result: IsolationResult): string[] {
  const rows = result.findings.map(({ route, asked, own, leaks }) => [
    route,
    ...KINDS.map((kind) => {
      const count = asked.get(kind);
      return count ? `${count.granted}/${count.requests}` : "–";
    }),
    String(own),
    String(leaks.length),
  ]);
  const table = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  "),
  );
}
