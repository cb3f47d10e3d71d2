export type {
  Context,
  Message,
  MessagePage,
  PageContext,
  TurnEvent,
  TurnEventData,
  TurnEventName,
} from "@orcha/contract";
export { type ClientErrorCode, type ErrorDetails, OrchaClientError } from "./error.ts";
export { createIdempotencyKey } from "./idempotency-key.ts";
export { type ListMessagesOptions, listMessages } from "./messages.ts";
export type { Answer, AuthToken, ConnectionOptions, MessageOptions, Retry } from "./options.ts";
export { type ResumeOptions, resumeOrchaTurn } from "./resume.ts";
export { sendOrchaMessage } from "./send.ts";
export { type StopOptions, type StoppedTurn, stopOrchaTurn } from "./stop.ts";
export { streamOrchaMessage } from "./stream.ts";
export { claimsOf, readToken } from "./token.ts";
export { requestVisitor, resetVisitor } from "./visitor.ts";
