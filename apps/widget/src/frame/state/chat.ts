import { type Activity, type AnsweringDeps, createAnswering } from "./answering.ts";
import { type ConversationDeps, createConversation } from "./conversation.ts";
import type { IdentityDeps } from "./identity.ts";
import type { OutgoingMessage } from "./message.ts";
import { createRestorer, type Restorer } from "./restoring.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import { checkDraft } from "./text-limit.ts";
import { askedTurn, failedTurn, type Turn } from "./turn.ts";

const RESEND_WITHIN_MS = 3_600_000;
const UNSENT = { code: "unsent", message: "This message was not sent.", retryable: true };

/** What the chat needs from the outside: the client, what is remembered, the other tabs. */
export interface ChatDeps extends AnsweringDeps, ConversationDeps, IdentityDeps {
  createKey(): string;
}

/** The conversation on screen and what can be done with it. */
export interface Chat extends Restorer {
  readonly turns: ReadonlySignal<readonly Signal<Turn>[]>;
  /** Only what is idle takes a message. */
  readonly activity: ReadonlySignal<Activity>;
  /** Null when the whole transcript is shown. */
  readonly earlier: ReadonlySignal<string | null>;
  /** Takes a message and says whether it did; a second click while the first is under way is not taken. */
  send(text: string): boolean;
  /** Ends the answer that is on its way; what there is of it stays. */
  stop(): void;
  retry(turn: Signal<Turn>): void;
  newConversation(): void;
  loadEarlier(): Promise<void>;
  /** The visitor or the network came back: makes up for what was missed. */
  wake(): void;
  /** Something was asked in a conversation, in another tab. */
  moved(conversation: string): void;
}

/** Makes the state of one chat. */
export function createChat(deps: ChatDeps): Chat {
  const { store } = deps;
  const conversation = createConversation(deps);
  const { turns } = conversation;
  const answering = createAnswering(deps, conversation, () => {
    if (isBehind) void look();
  });
  const { activity, ask } = answering;
  let isBehind = false;

  const followPending = () => {
    const turn = turns.value.findLast(({ value }) => value.id && value.phase === "waiting");
    if (turn?.value.id) answering.follow(turn, turn.value.id);
  };
  /** Takes over what other tabs asked; quietly, since what is shown is not wrong. */
  const look = async () => {
    const { left } = conversation;
    const canLook = activity.value === "idle" && store.conversation();
    const page = canLook ? await conversation.read().catch(() => undefined) : undefined;
    isBehind = activity.value !== "idle";
    if (!page || isBehind || left.aborted) return;
    conversation.merge(page);
    followPending();
  };
  const retry = (turn: Signal<Turn>) => {
    if (activity.value !== "idle") return;
    const { id, question, message, failure } = turn.value;
    const isLast = turns.value.at(-1) === turn;
    conversation.append(turn);
    if (isLast && message && failure?.retryable) return ask(turn, message, false);
    if (isLast && id && failure?.code === "network") return answering.follow(turn, id);
    // Only the last turn can be replaced, and the server may know of later ones.
    const canReplace = isLast && failure?.code !== "invalid_request";
    const replaced = canReplace ? (id ?? message?.replaceMessageId) : undefined;
    ask(turn, compose(deps, question, replaced), true);
  };
  const resend = (message: OutgoingMessage) => {
    const last = turns.value.at(-1);
    const turn = last && isThere(message, last.value) ? last : signal(askedTurn(message.text));
    conversation.append(turn);
    // A tab that the browser brings back days later must not speak for its visitor.
    if (Date.now() - message.at < RESEND_WITHIN_MS) ask(turn, message, false);
    else turn.value = failedTurn({ ...turn.value, message }, UNSENT);
  };
  const { restoring, mustSignIn, restore, identify } = createRestorer(deps, conversation, {
    activity,
    resend,
    followPending,
    retry,
    look,
  });

  return {
    turns,
    activity,
    restoring,
    mustSignIn,
    earlier: conversation.earlier,
    send(text) {
      if (activity.value !== "idle" || !checkDraft(text).canSend) return false;
      const message = compose(deps, text.trim());
      const turn = signal(askedTurn(message.text));
      conversation.append(turn);
      ask(turn, message, true);
      return true;
    },
    stop: answering.stop,
    retry,
    newConversation() {
      conversation.leave();
      store.setConversation(undefined);
      store.setOutbox(undefined);
      activity.value = "idle";
      restoring.value = "no";
    },
    restore,
    identify,
    loadEarlier: conversation.loadEarlier,
    wake() {
      const last = turns.value.at(-1);
      if (typeof restoring.value === "object" || mustSignIn.value) void restore();
      else if (last?.value.failure?.code === "network") retry(last);
      else void look();
    },
    moved(id) {
      if (id === store.conversation()) void look();
    },
  };
}

function compose(
  { store, createKey, options }: ChatDeps,
  text: string,
  replaceMessageId?: number,
): OutgoingMessage {
  const conversationId = store.conversation();
  return {
    text,
    idempotencyKey: createKey(),
    conversationId,
    replaceMessageId: conversationId ? replaceMessageId : undefined,
    useRag: options().useRag ?? true,
    at: Date.now(),
  };
}

/** Whether the transcript holds the turn of an unsent message already: as what it replaces, or as what is being answered. */
function isThere(message: OutgoingMessage, { id, phase, question }: Turn): boolean {
  if (id && id === message.replaceMessageId) return true;
  return phase === "waiting" && question === message.text;
}
