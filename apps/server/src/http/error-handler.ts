import {
  API_PATH,
  type ChatResponse,
  ERRORS,
  HEADERS,
  OrchaError,
  type Problem,
} from "@orcha/contract";
import type { RequestContext } from "./context.ts";
import { MalformedBodyError } from "./read-json.ts";
import { retryAfter, sendJson } from "./send.ts";

const CHAT_PATH = `${API_PATH}/chat-v2`;

/** Turns whatever was thrown into the contract's form: the envelope on chat-v2, problem details elsewhere. */
export function sendError(c: RequestContext, error: OrchaError): Response {
  const { status, chatStatus } = ERRORS[error.code];
  const isChat = c.req.path === CHAT_PATH;
  const malformed = error instanceof MalformedBodyError;
  return sendJson(
    c,
    isChat && !malformed ? chatStatus : status,
    isChat ? envelope(error) : problem(c, error),
    {
      [HEADERS.error]: error.code,
      ...retryAfter(error),
      ...(!isChat && { "Content-Type": "application/problem+json" }),
    },
  );
}

/** What a thrown thing is to the caller: its own error, or `internal` for a bug. */
export function toOrchaError(error: unknown): OrchaError {
  return error instanceof OrchaError
    ? error
    : new OrchaError("internal", undefined, { cause: error });
}

function envelope(error: OrchaError): ChatResponse {
  return { success: false, message: error.message, data: { text: "", conversation_id: null } };
}

function problem(c: RequestContext, error: OrchaError): Problem {
  const { status, message } = ERRORS[error.code];
  return {
    type: "about:blank",
    title: message,
    status,
    detail: error.message,
    code: error.code,
    request_id: c.get("requestId"),
  };
}
