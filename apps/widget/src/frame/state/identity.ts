import type { ConnectionOptions } from "@orcha/client";
import { type ConnectionDeps, connect } from "./connection.ts";
import { type ReadonlySignal, signal } from "./signal.ts";
import { scopeName } from "./store.ts";

/** What knowing the visitor needs from the outside. */
export interface IdentityDeps extends ConnectionDeps {
  /** Whom the page's token names; undefined for a visitor who is not signed in. @throws when the page cannot tell */
  signedInAs(): Promise<string | undefined>;
  resetVisitor(options: ConnectionOptions): Promise<string>;
  /** Whether the tenant answers only those who are signed in. */
  readonly requiresSignIn: boolean;
}

/** `signed-in`: the same person, who goes on under a name. `other`: what is on screen was somebody else's. */
export type IdentityChange = "none" | "signed-in" | "other";

/** Who is chatting, as the page tells. */
export interface Identity {
  /** True while the tenant wants to know who somebody is and the page does not say. */
  readonly mustSignIn: ReadonlySignal<boolean>;
  /** Asks the page, and opens the memory of whoever it is. @throws when the page cannot tell */
  look(): Promise<IdentityChange>;
  /** Gives this browser a new visitor, and nothing of the one before. */
  forget(): Promise<void>;
}

/**
 * Makes what knows the visitor.
 *
 * @param leave takes everything off the screen, before somebody else's memory is opened
 */
export function createIdentity(deps: IdentityDeps, leave: () => void): Identity {
  const { store } = deps;
  const mustSignIn = signal(false);
  let known: string | undefined;
  let lastLook: Promise<unknown> = Promise.resolve();

  const look = async (leaves = false): Promise<IdentityChange> => {
    const before = known;
    known = await deps.signedInAs();
    mustSignIn.value = deps.requiresSignIn && known === undefined;
    const { apiBaseUrl, tenantId, userId } = deps.options();
    const scope = scopeName(apiBaseUrl, tenantId, userId, known);
    if (scope === store.scope) return "none";

    const signsIn = store.scope === scopeName(apiBaseUrl, tenantId, userId);
    if (!signsIn) leave();
    store.enter(scope, signsIn);
    if (leaves || (before !== undefined && known === undefined)) await forgetVisitor();
    return signsIn ? "signed-in" : "other";
  };
  /** Whoever comes next in this browser gets nothing of who was here. */
  const forgetVisitor = async () => {
    store.setConversation(undefined);
    store.setOutbox(undefined);
    store.setQueue([]);
    const { signal } = new AbortController();
    const visitor = await deps.resetVisitor(connect(deps, signal)).catch(() => undefined);
    if (visitor) store.setVisitor(visitor);
  };

  /** One after the other: two at once would both find a change. */
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const next = lastLook.then(act);
    lastLook = next.catch(() => undefined);
    return next;
  };

  /** Also what was there before the page named this visitor: it was theirs. */
  const forget = async () => {
    await forgetVisitor();
    await look(true).catch(() => undefined);
  };

  return { mustSignIn, look: () => inTurn(() => look()), forget: () => inTurn(forget) };
}
