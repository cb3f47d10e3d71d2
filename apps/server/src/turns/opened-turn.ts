/** A turn whose visitor's message is kept. */
export interface OpenedTurn {
  readonly turnId: number;
  readonly conversationId: number;
  /** The id that the answer will have. */
  readonly messageId: number;
  /** The place of the answer in the conversation. */
  readonly position: number;
  readonly replacesTurnId: number | undefined;
}

/**
 * Gives the answer its id and place: the ones after the visitor's message.
 *
 * @param turn with the position of the visitor's message
 */
export function openedTurn(turn: Omit<OpenedTurn, "messageId">): OpenedTurn {
  const { turnId, conversationId, position, replacesTurnId } = turn;
  return {
    turnId,
    conversationId,
    messageId: turnId + 1,
    position: position + 1,
    replacesTurnId,
  };
}
