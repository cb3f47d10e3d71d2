import type { CountedTurn } from "../usage/roll-up-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";

/** The place that an answer has when its conversation begins with it. */
const FIRST_ANSWER = 1;

/** A turn with its end, as usage counts it. */
export function countedAs(
  tenantId: string,
  { turnId, position, account }: OpenedTurn,
  end: Pick<CountedTurn, "model" | "failed" | "spent">,
): CountedTurn {
  const { createdAt, label, userId } = account;
  return { tenantId, turnId, createdAt, label, userId, isFirst: position === FIRST_ANSWER, ...end };
}
