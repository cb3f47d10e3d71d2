import { OrchaError } from "@orcha/contract";
import { accessOf, type Claim } from "../conversations/access.ts";
import { findOpenable } from "../conversations/openable-store.ts";
import type { Connection } from "../db/database.ts";
import { randomId } from "../db/ids.ts";
import { lastTurnOf } from "./last-turn-store.ts";

/** A turn is always somebody's: the user it is written as is known. */
export type TurnClaim = Claim & {
  readonly userId: number;
  /** True when a credential proves the user; otherwise the page only says so. */
  readonly isUserVerified: boolean;
};

/** Where a message goes. */
export interface Place {
  readonly conversationId: number;
  /** Of the visitor's message. */
  readonly position: number;
  /** The conversation's owner and offered owner from now on. */
  readonly owner: string | null;
  readonly offeredOwner: string | null;
  /** As whom the conversation is held from now on. */
  readonly userId: number;
  readonly isUserVerified: boolean;
  /** True when nothing but the conversation's id opened it. */
  readonly isById: boolean;
  /** The owner as it was read; undefined for a new conversation. */
  readonly ownerBefore: string | null | undefined;
  readonly replacesTurnId: number | undefined;
  /** A failed attempt at the same replacement, which goes. */
  readonly supersedesTurnId: number | undefined;
}

/** What decides about the place. */
export interface PlaceRequest {
  readonly tenantId: string;
  /** Undefined starts a new conversation. */
  readonly conversationId: number | undefined;
  readonly claim: TurnClaim;
  /** For a new conversation of a caller without credential: the owner that the secret in the answer will prove. */
  readonly offeredOwner: string | null;
  /** A message of the last turn, which this one answers again. */
  readonly replaceMessageId: number | undefined;
}

/**
 * Finds the place of a message; "busy" while another turn holds its conversation. What it read is made a condition of the
 * write that follows.
 *
 * @throws OrchaError `conversation_not_found`, or `invalid_request` for a message that is not of the last turn
 */
export async function findPlace(
  reader: Connection,
  request: PlaceRequest,
  now: number,
): Promise<Place | "busy"> {
  const { tenantId, claim, conversationId: id } = request;
  if (id === undefined) return newPlace(request);
  const conversation = await findOpenable(reader, tenantId, id, claim, now);
  const access = accessOf(conversation, claim, now);
  if (!conversation || access === "none") throw new OrchaError("conversation_not_found");
  if (conversation.active_turn_id !== null) return "busy";

  const changesOwner = access === "seals" || access === "hands-over";
  const changesUser = access === "hands-over";
  const place = {
    conversationId: id,
    position: conversation.next_position,
    owner: changesOwner ? claim.owner : conversation.owner,
    offeredOwner: changesOwner ? null : conversation.offered_owner,
    userId: changesUser ? claim.userId : conversation.user_id,
    isUserVerified: changesUser || conversation.user_verified === 1,
    isById: access === "by-id",
    ownerBefore: conversation.owner,
  };
  if (request.replaceMessageId === undefined) {
    return { ...place, replacesTurnId: undefined, supersedesTurnId: undefined };
  }
  return { ...place, ...(await lastTurnOf(reader, tenantId, id, request.replaceMessageId)) };
}

function newPlace({ claim, offeredOwner, replaceMessageId }: PlaceRequest): Place {
  if (replaceMessageId !== undefined) throw new OrchaError("invalid_request");
  return {
    conversationId: randomId(),
    position: 0,
    owner: claim.owner,
    offeredOwner,
    userId: claim.userId,
    isUserVerified: claim.isUserVerified,
    isById: false,
    ownerBefore: undefined,
    replacesTurnId: undefined,
    supersedesTurnId: undefined,
  };
}
