import { budgetsAreNeverPassed } from "./scenarios/budgets.mjs";
import { answersAreKept } from "./scenarios/r01-answers-are-kept.mjs";
import { retryIsSafe } from "./scenarios/r02-retry-is-safe.mjs";
import { oneTurnAtATime } from "./scenarios/r03-one-turn-at-a-time.mjs";
import { badInputIsHarmless } from "./scenarios/r04-bad-input.mjs";
import { modelFaultsAreContained } from "./scenarios/r05-model-faults.mjs";
import { stoppingStops } from "./scenarios/r06-leaving-and-stopping.mjs";
import { streamsResume } from "./scenarios/r07-streams-resume.mjs";
import { loadIsHeld } from "./scenarios/r08-load.mjs";
import { slowReadersAreHarmless } from "./scenarios/r09-slow-readers.mjs";
import { restartsAreGraceful } from "./scenarios/r10-graceful-restart.mjs";
import { databaseTroubleIsSurvived } from "./scenarios/r13-database-trouble.mjs";
import { nothingRunsOrIsFetched } from "./scenarios/r14-hostile-content.mjs";
import { forgedCredentialsAreRefused } from "./scenarios/r16-forged-credentials.mjs";
import { clocksDecideNothing } from "./scenarios/r17-clock-trouble.mjs";
import { strangersLearnNothing } from "./scenarios/strangers.mjs";

/** All of them, in the order of the promises. @type {readonly import("./scenario.mjs").Scenario[]} */
export const SCENARIOS = [
  answersAreKept,
  retryIsSafe,
  oneTurnAtATime,
  badInputIsHarmless,
  modelFaultsAreContained,
  stoppingStops,
  streamsResume,
  loadIsHeld,
  slowReadersAreHarmless,
  restartsAreGraceful,
  databaseTroubleIsSurvived,
  nothingRunsOrIsFetched,
  forgedCredentialsAreRefused,
  clocksDecideNothing,
  budgetsAreNeverPassed,
  strangersLearnNothing,
];
