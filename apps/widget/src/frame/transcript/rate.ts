import { sendFeedback } from "@orcha/client";
import type { Signal } from "../kit.ts";
import type { Chat } from "../state/chat.ts";
import type { Turn } from "../state/turn.ts";

export type Rating = "up" | "down";

/**
 * Keeps what the visitor thinks of an answer; it is shown at once, and taken back when it could not be kept.
 *
 * @param rating null takes it back
 * @returns whether it was kept
 */
export async function rate(
  chat: Chat,
  turn: Signal<Turn>,
  rating: Rating | null,
  comment: string | undefined,
): Promise<boolean> {
  const { messageId, feedback: before } = turn.value;
  if (messageId === undefined) return false;
  const show = (feedback: Turn["feedback"]) => {
    turn.value = { ...turn.value, feedback };
  };
  show(rating ? { rating, comment: comment ?? null } : null);
  try {
    await sendFeedback({ ...chat.connection(), messageId, rating, comment });
  } catch {
    show(before);
    return false;
  }
  chat.tell("feedback", { messageId, rating }, comment ? { comment } : {});
  return true;
}
