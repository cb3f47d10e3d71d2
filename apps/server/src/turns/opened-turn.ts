import type { Reservation } from "../budgets/reservation.ts";
import type { Spent } from "../usage/spent.ts";

/** A turn whose visitor's message is kept. */
export interface OpenedTurn {
  readonly turnId: number;
  readonly conversationId: number;
  /** The id that the answer will have. */
  readonly messageId: number;
  /** The place of the answer in the conversation. */
  readonly position: number;
  readonly replacesTurnId: number | undefined;
  readonly account: TurnAccount;
}

/** As what a turn is counted when it ends. */
export interface TurnAccount {
  readonly createdAt: number;
  readonly label: string;
  /** As whom it was written. */
  readonly userId: number;
  /** By its earlier attempts. */
  readonly spentBefore: Spent;
  /** Undefined when no budget holds it. */
  readonly reservation: Reservation | undefined;
}

/**
 * Gives the answer its id and place: the ones after the visitor's message.
 *
 * @param turn with the position of the visitor's message
 */
export function openedTurn(turn: Omit<OpenedTurn, "messageId">): OpenedTurn {
  const { turnId, conversationId, position, replacesTurnId, account } = turn;
  return {
    turnId,
    conversationId,
    messageId: turnId + 1,
    position: position + 1,
    replacesTurnId,
    account,
  };
}
