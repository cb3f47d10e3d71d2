import type { Activity } from "./answering.ts";
import type { Conversation } from "./conversation.ts";
import { failureOf, sayFailure } from "./failure-of.ts";
import { createIdentity, type IdentityDeps } from "./identity.ts";
import type { OutgoingMessage } from "./message.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import type { Store } from "./store.ts";
import type { Turn } from "./turn.ts";

/** How the transcript of an earlier visit is doing. */
export type Restoring = "no" | "loading" | { readonly failed: string };

/** A page that knows at once who is there must not make the chat flicker. */
const PATIENCE_MS = 200;

/** What is on screen when the widget is opened, and when the page has another visitor. */
export interface Restorer {
  readonly restoring: Signal<Restoring>;
  /** True while the page takes its time to say who is there: what is on screen may be somebody else's. */
  readonly isUnsure: ReadonlySignal<boolean>;
  /** Counts who was here: with another number, whatever was open is not theirs. */
  readonly visitors: ReadonlySignal<number>;
  /** True while nobody may chat who has not signed in on the page. */
  readonly mustSignIn: ReadonlySignal<boolean>;
  /** Brings the transcript of this tab's conversation back, and sends what a reload interrupted. */
  restore(): Promise<void>;
  /** The page may have another visitor now: who signs in keeps the conversation, anybody else gets their own. */
  identify(): Promise<void>;
  /** The visitor leaves this browser to somebody else, or stays to read what became of their data. */
  logout(staysHere?: boolean): Promise<void>;
}

/** How the chat goes on from there. */
interface Continuing {
  readonly activity: Signal<Activity>;
  resend(message: OutgoingMessage): void;
  /** Takes what was written and not sent yet off the screen, and shows again what waits for its turn. */
  hideUnsent(): void;
  restoreQueue(): void;
  /** Sends the first of it, when nothing else is under way. */
  deliver(): void;
  followPending(): void;
  retry(turn: Signal<Turn>): void;
  look(): Promise<void>;
}

/** Makes what brings a conversation back to the one it belongs to. */
export function createRestorer(
  deps: IdentityDeps,
  conversation: Conversation,
  { activity, hideUnsent, restoreQueue, ...continuing }: Continuing,
): Restorer {
  const { store } = deps;
  const restoring = signal<Restoring>("no");
  const load = () => {
    restoring.value = "loading";
    activity.value = "loading";
  };
  const isUnsure = signal(false);
  const visitors = signal(1);
  const clear = () => {
    conversation.leave();
    hideUnsent();
    load();
  };
  const makeRoom = () => {
    visitors.value += 1;
    clear();
  };
  const identity = createIdentity(deps, makeRoom);
  const look = () => {
    const timer = setTimeout(() => {
      isUnsure.value = true;
    }, PATIENCE_MS);
    return identity.look().finally(() => {
      clearTimeout(timer);
      isUnsure.value = false;
    });
  };

  const restore = async () => {
    let { left } = conversation;
    if (deps.authToken() || store.conversation() !== undefined) load();
    const open = async () => {
      if ((await identity.look()) === "other") left = conversation.left;
      if (!left.aborted && store.conversation() !== undefined) await conversation.restore();
    };
    const outcome = await open().then(
      () => "no" as const,
      (error: unknown) => afterFailedRestore(error, store),
    );
    if (left.aborted) return;
    restoring.value = outcome;
    if (activity.value === "loading") activity.value = "idle";
    restoreQueue();
    if (outcome !== "no") return;
    const unsent = store.outbox();
    if (unsent) continuing.resend(unsent);
    else continuing.followPending();
    continuing.deliver();
  };
  const identify = async () => {
    const { turns } = conversation;
    if (turns.value.length === 0) return restore();
    const change = await look().catch(makeRoom);
    if (change === "other" || !change) return restore();
    const last = turns.value.at(-1);
    if (last?.value.failure?.code === "unauthorized") continuing.retry(last);
    // The server hands the conversation over with the first call that carries token and secret.
    else if (change === "signed-in") void continuing.look();
  };
  const logout = async (staysHere = false) => {
    if (staysHere) clear();
    else makeRoom();
    await identity.forget();
    return restore();
  };
  const { mustSignIn } = identity;
  return { restoring, isUnsure, visitors, mustSignIn, restore, identify, logout };
}

function afterFailedRestore(error: unknown, store: Store): Restoring {
  const failure = failureOf(error);
  const { code } = failure;
  if (code !== "conversation_not_found" && code !== "not_found")
    return { failed: sayFailure(failure) };
  store.setConversation(undefined);
  return "no";
}
