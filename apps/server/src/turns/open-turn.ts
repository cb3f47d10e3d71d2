import { setTimeout as delay } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import type { BudgetedTurn } from "../budgets/budgets.ts";
import type { Hold } from "../budgets/reservation.ts";
import { OutcomeUnknownError } from "../db/database.ts";
import { timeOrderedId } from "../db/ids.ts";
import { NOTHING_SPENT } from "../usage/spent.ts";
import { findKeyedTurn, forgetKeys, type Idempotency } from "./idempotency-store.ts";
import { findTurn } from "./known-turn-store.ts";
import { holderName } from "./liveness.ts";
import { openTurn } from "./open-turn-store.ts";
import { type OpenedTurn, openedTurn } from "./opened-turn.ts";
import { findPlace, type Place, type PlaceRequest, type TurnClaim } from "./place-store.ts";
import { type RepeatDeps, type RepeatedMessage, repeatTurn, type ToldTurn } from "./repeat-turn.ts";

const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 250;
/** So long a broken connection is tried again at once; the visitor is told of a longer trouble. */
const UNCERTAIN_MS = 1_000;

export interface OpenTurnDeps extends RepeatDeps {
  readonly lockWaitMs: number;
  /** Whether so many ids were guessed from there that an id alone opens nothing any more. */
  readonly isBlocked: (tenantId: string, network: string) => Promise<boolean>;
  readonly running: { readonly leaving: AbortSignal };
  readonly now: () => number;
}

/** A message that asks for a turn. */
export interface TurnRequest extends PlaceRequest {
  readonly claim: TurnClaim;
  /** Where it comes from, as limits count it. */
  readonly network: string;
  readonly text: string;
  /** Undefined for a message that its sender will not repeat. */
  readonly idempotency: Idempotency | undefined;
  /** Undefined when its tenant has no budget. */
  readonly budgeted: BudgetedTurn | undefined;
}

/** Where a turn can begin, and what has to be set aside for it. */
interface Entry {
  readonly place: Place;
  readonly hold: Hold | undefined;
}

/**
 * Opens a turn, waiting for the one that runs in the same conversation, whichever process runs it. A message that was sent
 * before is told again, or run again when its failure may have passed.
 *
 * @throws OrchaError `turn_in_progress` when the other turn takes too long, `unavailable` when the process goes away
 *   meanwhile, `budget_exhausted`, and what `findPlace` refuses
 */
export async function openTurnInOrder(
  deps: OpenTurnDeps,
  request: TurnRequest,
): Promise<OpenedTurn | ToldTurn> {
  const started = performance.now();
  let uncertainId: number | undefined;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const turnId = uncertainId ?? timeOrderedId(deps.now());
    try {
      const opened = await attempt(deps, request, turnId, uncertainId !== undefined);
      if (opened !== "busy") return opened;
    } catch (error) {
      const isUncertain = error instanceof OutcomeUnknownError;
      if (!isUncertain || performance.now() - started > UNCERTAIN_MS) throw error;
      // The same id again: should the first write have been kept after all, the next finds its own turn.
      uncertainId = turnId;
    }
    if (performance.now() + wait > started + deps.lockWaitMs) {
      throw new OrchaError("turn_in_progress");
    }
    await delay(wait);
    if (deps.running.leaving.aborted) throw new OrchaError("unavailable");
  }
}

async function attempt(
  deps: OpenTurnDeps,
  request: TurnRequest,
  turnId: number,
  mayBeOpen: boolean,
): Promise<OpenedTurn | ToldTurn | "busy"> {
  const now = deps.now();
  const message = { ...request, holder: holderName, now };
  // The first message of a conversation may have come before without the secret that its answer handed out, and so under
  // another scope: then the write below would not find its key taken.
  const early = request.conversationId === undefined && request.claim.owner !== null;
  const sent = early ? await findKeyed(deps, message) : undefined;
  if (sent) return sent;

  const entry = await findEntryOrRefusal(deps, request, now);
  if (isFound(entry)) {
    const opened = await open(deps, message, turnId, entry);
    if (opened) return opened;
  }

  // What a repeated message refers to has moved on since, so the record is asked before it is refused.
  const { reader } = deps.database;
  const own = mayBeOpen ? await findTurn(reader, request.tenantId, turnId) : undefined;
  if (own?.holder === holderName) return own;
  const known = await findKeyed(deps, message);
  if (known) return known;
  if (entry instanceof OrchaError) throw entry;
  return "busy";
}

async function open(
  { database, budgets }: OpenTurnDeps,
  message: TurnRequest & { readonly holder: string; readonly now: number },
  turnId: number,
  { place, hold }: Entry,
): Promise<OpenedTurn | undefined> {
  const { tenantId, claim, text, idempotency, holder, now } = message;
  const turn = { tenantId, turnId, place, claim, text, idempotency, hold, holder, now };
  if (!(await database.write(openTurn, turn))) return undefined;
  if (hold) budgets.kept(tenantId);
  const account = {
    createdAt: now,
    label: claim.label,
    userId: place.userId,
    spentBefore: NOTHING_SPENT,
    reservation: hold?.reservation,
  };
  return openedTurn({ turnId, ...place, account });
}

/** What the key of a message stands for already. */
async function findKeyed(
  deps: RepeatDeps,
  message: TurnRequest & RepeatedMessage,
): Promise<OpenedTurn | ToldTurn | "busy" | undefined> {
  const { database } = deps;
  const { idempotency, now } = message;
  const known = idempotency && (await findKeyedTurn(database.reader, message, idempotency));
  if (known !== "expired") return known && repeatTurn(deps, message, known);
  await database.write(forgetKeys, { now });
  return undefined;
}

async function findEntryOrRefusal(
  deps: OpenTurnDeps,
  request: TurnRequest,
  now: number,
): Promise<Entry | OrchaError | "busy"> {
  const { tenantId, budgeted } = request;
  try {
    const place = await findPlace(deps.database.reader, request, now);
    if (place === "busy") return place;
    if (place.isById && (await deps.isBlocked(tenantId, request.network))) {
      throw new OrchaError("conversation_not_found");
    }
    const owner = place.owner ?? place.offeredOwner;
    const hold = budgeted && (await deps.budgets.hold({ tenantId, owner, now, ...budgeted }));
    return { place, hold };
  } catch (error) {
    if (error instanceof OrchaError && error.code !== "unavailable") return error;
    throw error;
  }
}

function isFound(entry: Entry | OrchaError | "busy"): entry is Entry {
  return entry !== "busy" && !(entry instanceof OrchaError);
}
