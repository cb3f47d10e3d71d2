import type { ConnectionOptions } from "@orcha/client";
import type { FrameOptions } from "../../protocol.ts";
import type { Store } from "./store.ts";

/** What is known of the server and of who asks. */
export interface ConnectionDeps {
  token(): Promise<string | undefined>;
  options(): FrameOptions;
  readonly store: Store;
}

/** Who is asking, and where: the same for every call, fresh each time because the page may change it. */
export function connect({ options, store, token }: ConnectionDeps, signal: AbortSignal) {
  const { apiBaseUrl, tenantId, userId, hasToken } = options();
  return {
    apiBaseUrl,
    tenantId,
    userId,
    authToken: hasToken ? token : undefined,
    visitor: store.visitor(),
    onVisitor: store.setVisitor,
    signal,
  } satisfies ConnectionOptions & { readonly userId: FrameOptions["userId"] };
}
