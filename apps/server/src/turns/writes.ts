import { closeTurn } from "./close-turn-store.ts";
import { forgetKeys } from "./idempotency-store.ts";
import { openTurn } from "./open-turn-store.ts";
import { abandonTurns, beatTurns } from "./pending-turn-store.ts";

export const TURN_WRITES = [openTurn, closeTurn, beatTurns, abandonTurns, forgetKeys];
