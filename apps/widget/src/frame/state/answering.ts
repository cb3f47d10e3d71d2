import type {
  ConnectionOptions,
  MessageOptions,
  PageContext,
  ResumeOptions,
  StopOptions,
  StoppedTurn,
  TurnEvent,
} from "@orcha/client";
import { say, sayError } from "../i18n/words.ts";
import type { Announcer } from "./announcer.ts";
import { type ConnectionDeps, connect } from "./connection.ts";
import type { Conversation } from "./conversation.ts";
import { failureOf, sayFailure } from "./failure-of.ts";
import type { OutgoingMessage } from "./message.ts";
import { createPageTeller, type PageTellerDeps } from "./page-teller.ts";
import { type Signal, signal } from "./signal.ts";
import {
  applyEvent,
  askedTurn,
  endingWords,
  type Failure,
  failedTurn,
  hasEnded,
  type Turn,
} from "./turn.ts";

/** What answering needs from the outside. */
export interface AnsweringDeps extends ConnectionDeps, PageTellerDeps {
  stream(message: MessageOptions): AsyncIterable<TurnEvent>;
  resume(turn: ResumeOptions): AsyncIterable<TurnEvent>;
  stop(turn: StopOptions): Promise<StoppedTurn>;
  requestVisitor(options: ConnectionOptions): Promise<string>;
  /** Tells the other tabs that something was asked in a conversation. */
  tellTabs(conversation: number): void;
  /** What the page wants the model to know of it. */
  askContext(): Promise<PageContext | undefined>;
  readonly announcer: Announcer;
}

/** What the chat is doing: one thing at a time. */
export type Activity = "idle" | "loading" | "answering" | "stopping";

/** The answer that is on its way. Nothing of it throws: a failure is a state of the turn. */
export interface Answering {
  readonly activity: Signal<Activity>;
  /** Sends a message, a new one or once more, and draws what comes back into the turn. */
  ask(turn: Signal<Turn>, message: OutgoingMessage, isNew: boolean): void;
  /** Draws a turn that was begun elsewhere, or before a reload, from its first character on. */
  follow(turn: Signal<Turn>, turnId: number): void;
  /** Ends the answer where it is; as soon as the turn has begun, when it has not yet. */
  stop(): void;
}

/** Makes what reads answers, one at a time. Leaving the conversation ends the reading; the server finishes its turn. */
export function createAnswering(
  deps: AnsweringDeps,
  conversation: Conversation,
  onEnd: () => void,
): Answering {
  const { store, announcer } = deps;
  const tellPage = createPageTeller(deps);
  const activity = signal<Activity>("idle");
  let running: Signal<Turn> | undefined;

  const requestStop = async () => {
    const { left } = conversation;
    const turnId = running?.value.id;
    if (!turnId) return;
    const stopped = await deps.stop({ ...connect(deps, left), turnId }).catch(() => undefined);
    if (stopped && stopped.status !== "pending") return;
    // Not heard: it can be asked for again.
    if (activity.value === "stopping" && !left.aborted) activity.value = "answering";
  };
  const draw = (turn: Signal<Turn>, event: TurnEvent) => {
    turn.value = applyEvent(turn.value, event);
    if (event.event !== "turn-start") return;
    store.setConversation(event.data.conversation_id);
    conversation.unite(turn);
    tellPage.started(turn.value, event.data.conversation_id);
    if (turn.value.message) {
      store.setOutbox(undefined);
      deps.tellTabs(event.data.conversation_id);
    }
    if (activity.value === "stopping") void requestStop();
  };
  const end = (turn: Turn) => {
    const { failure, ending, message } = turn;
    tellPage.ended(turn, store.conversation());
    if (failure?.code === "conversation_not_found") store.setConversation(undefined);
    if (message && failure && !failure.retryable) store.setOutbox(undefined);
    announcer.say(failure ? sayFailure(failure) : ending ? endingWords(ending) : "");
    activity.value = "idle";
    onEnd();
  };
  const read = async (
    turn: Signal<Turn>,
    open: (connection: ConnectionOptions) => AsyncIterable<TurnEvent>,
    afterFailure: (error: unknown) => Turn | Promise<Turn>,
  ) => {
    const { left } = conversation;
    const tell = announcer.answer();
    const onRetry: ConnectionOptions["onRetry"] = ({ attempt, error }) => {
      const reconnecting =
        error.code === "rate_limited" ? sayError(error.code, error.message) : say("reconnecting");
      turn.value = { ...turn.value, reconnecting };
      // The first attempt comes at once and mostly helps.
      if (attempt === 2) announcer.say(reconnecting);
    };
    running = turn;
    activity.value = "answering";
    try {
      for await (const event of open({ ...connect(deps, left), onRetry })) {
        if (left.aborted) return;
        draw(turn, event);
        tell(turn.value.answer, turn.value.phase === "done");
      }
      if (!hasEnded(turn.value)) throw new Error("cut");
    } catch (error) {
      const after = left.aborted ? turn.value : await afterFailure(error);
      if (left.aborted) return;
      turn.value = after;
      tell(after.answer, after.phase === "done");
    }
    end(turn.value);
  };

  /** A message tells of the page it was written on, also when it is sent once more. */
  const complete = async (turn: Signal<Turn>, message: OutgoingMessage, isNew: boolean) => {
    const context = isNew ? await deps.askContext() : undefined;
    if (!context) return message;
    const whole = { ...message, context };
    turn.value = { ...turn.value, message: whole };
    store.setOutbox(whole);
    return whole;
  };

  return {
    activity,
    ask(turn, message, isNew) {
      store.setOutbox(message);
      if (isNew) tellPage.sent(message.text);
      turn.value = isNew
        ? askedTurn(message.text, message)
        : { ...reopened(turn.value), id: undefined, message };
      const send = async function* (connection: ConnectionOptions) {
        // Without a secret the server makes one with the answer, so a failure here is not the end. A message that is sent once
        // more stays without one: with it, it would be another visitor's.
        if (isNew && !connection.visitor && !connection.authToken) {
          const visitor = await deps.requestVisitor(connection).catch(() => undefined);
          if (visitor) store.setVisitor(visitor);
        }
        yield* deps.stream({
          ...connection,
          visitor: store.visitor(),
          ...(await complete(turn, message, isNew)),
        });
      };
      void read(turn, send, (error) => failedTurn(turn.value, failureOf(error)));
    },
    follow(turn, turnId) {
      turn.value = reopened(turn.value);
      const resume = (connection: ConnectionOptions) => deps.resume({ ...connection, turnId });
      void read(turn, resume, async (error) => {
        const page = await conversation.read().catch(() => []);
        const stored = page.find(({ id }) => id === turnId);
        return stored && hasEnded(stored) ? stored : failedTurn(turn.value, lost(error));
      });
    },
    stop() {
      if (activity.value !== "answering") return;
      activity.value = "stopping";
      tellPage.stopping(running?.value);
      void requestStop();
    },
  };
}

function reopened(turn: Turn): Turn {
  return { ...turn, phase: "waiting", ending: undefined, failure: undefined };
}

/** A turn that nobody knows any more has no better reason. */
function lost(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.code !== "not_found") return failure;
  return { code: failure.code, message: say("noAnswer"), retryable: false };
}
