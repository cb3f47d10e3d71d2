import { ERRORS, OrchaError } from "@orcha/contract";
import type { BudgetedTurn, Budgets } from "../budgets/budgets.ts";
import { accessOf, type Claim } from "../conversations/access.ts";
import { offerConversation, settleOwner } from "../conversations/owner-store.ts";
import type { Database } from "../db/database.ts";
import type { KnownTurn } from "./known-turn-store.ts";
import { findLastTurn } from "./last-turn-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { runAgain } from "./run-again-store.ts";

/** A turn that is told from the record, while it runs and after it ended, instead of being run. */
export interface ToldTurn {
  readonly tells: OpenedTurn;
}

export interface RepeatDeps {
  readonly database: Database;
  readonly budgets: Budgets;
}

/** A message whose key stands for a turn already, and what the process adds. */
export interface RepeatedMessage {
  readonly tenantId: string;
  readonly claim: Claim;
  readonly offeredOwner: string | null;
  readonly budgeted: BudgetedTurn | undefined;
  readonly holder: string;
  readonly now: number;
}

/**
 * What a repeated message comes to: its turn told, or run again when it failed in a way that may pass; "busy" when another
 * request was faster.
 *
 * @throws OrchaError `conversation_not_found` when the turn would have to run for who may not continue its conversation,
 *   `budget_exhausted` when it would have to run and a budget has not so much left
 */
export async function repeatTurn(
  deps: RepeatDeps,
  message: RepeatedMessage,
  known: KnownTurn,
): Promise<OpenedTurn | ToldTurn | "busy"> {
  const { database } = deps;
  const { tenantId, claim, offeredOwner, now } = message;
  const { conversationId: id } = known;
  const access = accessOf(known.ownership, claim, now);
  await settleOwner(database, { tenantId, id }, access, claim);
  if (offeredOwner !== null && offeredOwner !== known.ownership.offered_owner) {
    // The first answer was lost, and the secret with it.
    await database.write(offerConversation, { tenantId, id, owner: offeredOwner });
  }

  const mayPass = known.errorCode !== undefined && ERRORS[known.errorCode].retryable;
  if (known.state !== "failed" || !mayPass) return { tells: known };
  // What came after it or took its place stands: then its failure is all there is to tell.
  const last = await findLastTurn(database.reader, tenantId, id);
  if (last !== known.turnId) return { tells: known };
  if (access === "none") throw new OrchaError("conversation_not_found");
  return run(deps, message, known);
}

async function run(
  { database, budgets }: RepeatDeps,
  { tenantId, budgeted, holder, now }: RepeatedMessage,
  turn: KnownTurn,
): Promise<OpenedTurn | "busy"> {
  const owner = turn.ownership.owner ?? turn.ownership.offered_owner;
  const hold = budgeted && (await budgets.hold({ tenantId, owner, now, ...budgeted }));
  if (!(await database.write(runAgain, { tenantId, turn, hold, holder, now }))) return "busy";
  if (hold) budgets.kept(tenantId);
  return { ...turn, account: { ...turn.account, reservation: hold?.reservation } };
}
