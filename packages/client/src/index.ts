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
export { type ListMessagesOptions, listMessages } from "./messages.ts";
export type { Answer, AuthToken, ConnectionOptions, MessageOptions } from "./options.ts";
export { sendOrchaMessage } from "./send.ts";
export { streamOrchaMessage } from "./stream.ts";
export { requestVisitor } from "./visitor.ts";
