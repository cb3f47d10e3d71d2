import { type Answering, createAnswering } from "./answering.ts";
import type { ChatDeps } from "./chat.ts";
import { compose, isFresh, isThere, unsent, write } from "./compose.ts";
import type { Conversation } from "./conversation.ts";
import type { OutgoingMessage, QueuedMessage } from "./message.ts";
import { type Signal, signal } from "./signal.ts";
import { askedTurn, failedTurn, type Turn } from "./turn.ts";

/** The ways in which a turn is asked, and read back. */
export interface Asking extends Pick<Answering, "activity" | "stop"> {
  /** Asks something new. */
  ask(written: QueuedMessage): void;
  /** Asks a turn anew; with `canReplace` it takes the place of the one on record. */
  askAnew(turn: Signal<Turn>, text: string, canReplace: boolean): void;
  /** Sends a failed turn once more, or follows the one that is on record. */
  retry(turn: Signal<Turn>): void;
  /** Sends what a reload interrupted, under its key. */
  resend(message: OutgoingMessage): void;
  /** Shows a message that is too old to be sent unasked. */
  show(message: QueuedMessage): void;
  /** Goes on reading the answer that is on its way. */
  followPending(): void;
  /** Takes over what other tabs asked; quietly, since what is shown is not wrong. */
  look(): Promise<void>;
}

/** Makes what asks in a conversation, one thing at a time. */
export function createAsking(
  deps: ChatDeps,
  conversation: Conversation,
  onIdle: () => void,
): Asking {
  const { turns } = conversation;
  const answering = createAnswering(deps, conversation, () => {
    onIdle();
    if (isBehind) void look();
  });
  const { activity, stop } = answering;
  let isBehind = false;

  const place = (turn: Signal<Turn>, message: OutgoingMessage, isNew: boolean) => {
    conversation.append(turn);
    answering.ask(turn, message, isNew);
  };
  const followPending = () => {
    const turn = turns.value.findLast(({ value }) => value.id && value.phase === "waiting");
    if (turn?.value.id) answering.follow(turn, turn.value.id);
  };
  const look = async () => {
    const { left } = conversation;
    const canLook = activity.value === "idle" && deps.store.conversation();
    const page = canLook ? await conversation.read().catch(() => undefined) : undefined;
    isBehind = activity.value !== "idle";
    if (!page || isBehind || left.aborted) return;
    conversation.merge(page);
    followPending();
  };
  const askAnew = (turn: Signal<Turn>, text: string, canReplace: boolean) => {
    const { id, message } = turn.value;
    const replaced = canReplace ? (id ?? message?.replaceMessageId) : undefined;
    place(turn, compose(deps, write(deps, text), replaced), true);
  };

  return {
    activity,
    stop,
    followPending,
    look,
    askAnew,
    ask: (written) => place(signal(askedTurn(written.text)), compose(deps, written), true),
    retry(turn) {
      if (activity.value !== "idle") return;
      const { id, question, message, failure } = turn.value;
      const isLast = turns.value.at(-1) === turn;
      if (isLast && message && failure?.retryable) return place(turn, message, false);
      if (isLast && id && failure?.code === "network") return answering.follow(turn, id);
      // Only the last turn can be replaced, and the server may know of later ones.
      askAnew(turn, question, isLast && failure?.code !== "invalid_request");
    },
    resend(message) {
      const last = turns.value.at(-1);
      const turn = last && isThere(message, last.value) ? last : signal(askedTurn(message.text));
      // A tab that the browser brings back days later must not speak for its visitor.
      if (isFresh(message)) return place(turn, message, false);
      conversation.append(turn);
      turn.value = failedTurn({ ...turn.value, message }, unsent());
    },
    show: ({ text }) => conversation.append(signal(failedTurn(askedTurn(text), unsent()))),
  };
}
