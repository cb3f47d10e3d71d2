import { closeTurn } from "./close-turn-store.ts";
import { forgetKeys } from "./idempotency-store.ts";
import { openTurn } from "./open-turn-store.ts";
import { abandonTurn, beatTurns } from "./pending-turn-store.ts";
import { appendPieces } from "./pieces-store.ts";
import { runAgain } from "./run-again-store.ts";
import { requestStop } from "./stop-store.ts";

export const TURN_WRITES = [
  openTurn,
  runAgain,
  closeTurn,
  beatTurns,
  abandonTurn,
  appendPieces,
  requestStop,
  forgetKeys,
];
