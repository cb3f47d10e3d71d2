export type {
  Context,
  ErasureReceipt,
  Feedback,
  FeedbackResponse,
  Message,
  MessagePage,
  OwnConversation,
  OwnConversationPage,
  PageContext,
  TurnEvent,
  TurnEventData,
  TurnEventName,
} from "@orcha/contract";
export { type DeleteConversationOptions, deleteConversation } from "./delete-conversation.ts";
export { eraseMyData } from "./erase-my-data.ts";
export { type ClientErrorCode, type ErrorDetails, OrchaClientError } from "./error.ts";
export { exportMyData } from "./export-my-data.ts";
export { createIdempotencyKey } from "./idempotency-key.ts";
export { type ListConversationsOptions, listConversations } from "./list-conversations.ts";
export { type ListMessagesOptions, listMessages } from "./messages.ts";
export type { Answer, AuthToken, ConnectionOptions, MessageOptions, Retry } from "./options.ts";
export { type RenameConversationOptions, renameConversation } from "./rename-conversation.ts";
export { type ResumeOptions, resumeOrchaTurn } from "./resume.ts";
export { sendOrchaMessage } from "./send.ts";
export { type SendFeedbackOptions, sendFeedback } from "./send-feedback.ts";
export { type StopOptions, type StoppedTurn, stopOrchaTurn } from "./stop.ts";
export { streamOrchaMessage } from "./stream.ts";
export { claimsOf, readToken } from "./token.ts";
export { requestVisitor, resetVisitor } from "./visitor.ts";
