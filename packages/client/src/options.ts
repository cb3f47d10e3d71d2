import type { Context, PageContext } from "@orcha/contract";
import type { OrchaClientError } from "./error.ts";

/**
 * A bearer token, or a function that gives one and nothing for a visitor who is signed out. What it gave is used until 30
 * seconds before the `exp` of a JWT, or until the server refuses it; then it is called again. Pass the same function with
 * each call: a new one knows of no token yet.
 */
export type AuthToken =
  | string
  | (() => string | null | undefined | Promise<string | null | undefined>);

/** Where ORCHA is and who is asking. */
export interface ConnectionOptions {
  /** Address of the server; "" is the page's own origin. @default "" */
  readonly apiBaseUrl?: string | undefined;
  /** Sent as `Authorization: Bearer …`. */
  readonly authToken?: AuthToken | undefined;
  readonly tenantId?: string | null | undefined;
  /** The visitor secret; it makes conversations its own. */
  readonly visitor?: string | null | undefined;
  /** Called when the server hands out a new visitor secret: keep it and send it from then on. */
  readonly onVisitor?: ((visitor: string) => void) | undefined;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How many times in a row a message, a turn's stream or a stop is tried again without getting further; 0 is never. @default 6 */
  readonly retries?: number | undefined;
  /** Called before each wait: the page may say that it is connecting again. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** One more attempt that is about to be made. */
export interface Retry {
  /** 1 for the first one after the last progress. */
  readonly attempt: number;
  /** The wait is shorter when the browser comes online before. */
  readonly waitMs: number;
  /** What the attempt before failed of. */
  readonly error: OrchaClientError;
}

/** One message of the visitor. */
export interface MessageOptions extends ConnectionOptions {
  readonly text: string;
  /** Continue that conversation; absent or null starts a new one. */
  readonly conversationId?: number | string | null | undefined;
  readonly userId?: number | string | null | undefined;
  /** Search the owner's documents first; absent follows the tenant. */
  readonly useRag?: boolean | null | undefined;
  /** Answer a message of the last turn again. */
  readonly replaceMessageId?: number | null | undefined;
  /** Makes sending again safe: the same key and message are the same turn. At least 128 random bits. @default createIdempotencyKey() */
  readonly idempotencyKey?: string | undefined;
  /** The page the visitor is on. */
  readonly context?: PageContext | null | undefined;
}

/** The answer to one message. */
export interface Answer {
  readonly text: string;
  readonly conversation_id: number | null;
  /** Present exactly when retrieval ran. */
  readonly contexts?: Context[] | undefined;
}
