import type { AuthToken, ConnectionOptions } from "@orcha/client";
import type { FrameOptions } from "../../protocol.ts";
import type { Store } from "./store.ts";

/** What is known of the server and of who asks. */
export interface ConnectionDeps {
  /** What gives the page's token; undefined for a page without one. */
  authToken(): AuthToken | undefined;
  options(): FrameOptions;
  readonly store: Store;
}

/** Who is asking, and where: the same for every call, fresh each time because the page may change it. */
export function connect(deps: ConnectionDeps, signal: AbortSignal) {
  const { store } = deps;
  const { apiBaseUrl, tenantId, userId } = deps.options();
  return {
    apiBaseUrl,
    tenantId,
    userId,
    authToken: deps.authToken(),
    visitor: store.visitor(),
    onVisitor: store.setVisitor,
    signal,
  } satisfies ConnectionOptions & { readonly userId: FrameOptions["userId"] };
}
