import { findChromium } from "../scripts/system-programs.mjs";
import { Rig } from "./rig/rig.mjs";
import { atMost, brokenLimits } from "./verdict.mjs";

/**
 * What measures one promise. `short` proves the machinery and catches what breaks often; `full` gives the figure.
 *
 * @typedef {"sqlite" | "postgres"} Engine
 * @typedef {"short" | "full"} Scale
 * @typedef {{ engine: Engine, scale: Scale }} Conditions
 * @typedef {{ promise: string, name: string, engines: readonly Engine[], needsBrowser?: boolean, run: (rig: Rig, conditions: Conditions) => Promise<import("./verdict.mjs").Measured> }} Scenario
 * @typedef {{ promise: string, name: string, engine: Engine, scale: Scale, figures: Record<string, number>, limits: Record<string, import("./verdict.mjs").Limit>, passed: boolean, seconds: number }} Result
 */

/**
 * Runs a scenario on one engine, and says besides what broke.
 *
 * @param {import("./rig/rig.mjs").Workshop} workshop
 * @param {Scenario} scenario
 * @param {Conditions} conditions
 * @returns {Promise<{ result: Result, problems: string[] }>}
 */
export async function runScenario(workshop, { promise, name, run }, { engine, scale }) {
  const started = performance.now();
  const rig = await Rig.open(workshop);
  try {
    const { evidence = [], ...measured } = await run(rig, { engine, scale }).catch(brokenOff);
    const lastWords = rig.lastWords();
    const figures = { ...measured.figures, serversDied: lastWords.length };
    const limits = { ...measured.limits, ...atMost(0, "serversDied") };
    const broken = brokenLimits({ figures, limits });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const passed = broken.length === 0;
    return {
      result: { promise, name, engine, scale, figures, limits, passed, seconds },
      problems: passed ? [] : [...broken, ...evidence, ...lastWords],
    };
  } finally {
    await rig.close();
  }
}

/**
 * Why the scenario cannot run on this machine; undefined when it can.
 *
 * @param {import("./rig/rig.mjs").Workshop} workshop
 * @param {Scenario} scenario
 * @param {Engine} engine
 */
export function whatIsMissing({ postgresPrograms }, { needsBrowser = false }, engine) {
  if (engine === "postgres" && !postgresPrograms) return "PostgreSQL is not installed";
  return needsBrowser && !findChromium() ? "Chromium is not installed" : undefined;
}

/**
 * A scenario that could not go on, most often because its server did not, has failed.
 *
 * @param {unknown} error
 * @returns {import("./verdict.mjs").Measured}
 */
function brokenOff(error) {
  const evidence = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  return { figures: { brokenOff: 1 }, limits: atMost(0, "brokenOff"), evidence };
}
