import { API_PATH, HEADERS } from "./headers.ts";
import {
  answerHeaders,
  envelopeFailures,
  eventStream,
  headerParameter,
  idParameter,
  type Json,
  json,
  problems,
  ref,
  tenantParameter,
  visitorParameter,
} from "./openapi-parts.ts";

/** What the widget, a page or a tenant's own server asks for. */
export function visitorPaths(): Json {
  return {
    [`${API_PATH}/chat-v2`]: { post: chatOperation() },
    [`${API_PATH}/visitor`]: { post: visitorOperation() },
    [`${API_PATH}/visitor/reset`]: { post: visitorResetOperation() },
    [`${API_PATH}/widget/config`]: { get: widgetConfigOperation() },
    [`${API_PATH}/conversations/{id}/messages`]: { get: messagesOperation() },
    [`${API_PATH}/turns/{id}/events`]: { get: turnEventsOperation() },
    [`${API_PATH}/turns/{id}/stop`]: { post: turnStopOperation() },
  };
}

function chatOperation(): Json {
  return {
    operationId: "chat",
    summary: "One turn of a conversation",
    description:
      "Answers as JSON, or as a stream of events for `Accept: text/event-stream`. What the visitor or the page's author can act on is status 200 with `success: false`.",
    parameters: [
      visitorParameter(),
      headerParameter(
        HEADERS.idempotencyKey,
        "Makes repeating safe: 1 to 255 visible characters; with the same body it means the same turn for a day.",
      ),
    ],
    requestBody: { required: true, content: json("ChatRequest") },
    responses: {
      200: {
        description: "The answer, or the reason why there is none.",
        headers: answerHeaders(),
        content: {
          "application/json": { schema: ref("ChatResponse") },
          ...eventStream(),
        },
      },
      ...envelopeFailures(),
    },
  };
}

function visitorOperation(): Json {
  return {
    operationId: "visitor",
    summary: "The visitor's secret",
    description: `Gives the secret that the caller already carries, or a new one. Send it back as ${HEADERS.visitor}.`,
    parameters: [tenantParameter(), visitorParameter()],
    responses: {
      200: { description: "The secret.", content: json("VisitorResponse") },
      ...problems(["tenant_not_found", "unauthorized", "unsupported_media_type", "unavailable"]),
    },
  };
}

function widgetConfigOperation(): Json {
  return {
    operationId: "widgetConfig",
    summary: "What a tenant decided about its widget",
    description: "The widget's frame brings it along; this is for others.",
    parameters: [tenantParameter()],
    responses: {
      200: { description: "The decisions.", content: json("WidgetConfig") },
      ...problems(["tenant_not_found", "forbidden", "unavailable"]),
    },
  };
}

function visitorResetOperation(): Json {
  return {
    operationId: "resetVisitor",
    summary: "Another secret for this browser, as after signing out",
    parameters: [tenantParameter()],
    responses: {
      200: { description: "The new secret.", content: json("VisitorResponse") },
      ...problems(["tenant_not_found", "unauthorized", "rate_limited", "unavailable"]),
    },
  };
}

function messagesOperation(): Json {
  return {
    operationId: "messages",
    summary: "A conversation's transcript, for its owner",
    parameters: [
      idParameter(),
      tenantParameter(),
      visitorParameter(),
      {
        name: "limit",
        in: "query",
        schema: { type: "integer", minimum: 1, maximum: 200, default: 50 },
      },
      {
        name: "cursor",
        in: "query",
        description: "The next_cursor of an earlier page; without it the latest messages come.",
        schema: { type: "string" },
      },
    ],
    responses: {
      200: { description: "One page in reading order.", content: json("MessagePage") },
      ...problems([
        "invalid_request",
        "conversation_not_found",
        "tenant_not_found",
        "unauthorized",
        "unavailable",
      ]),
    },
  };
}

function turnEventsOperation(): Json {
  return {
    operationId: "turnEvents",
    summary: "What its owner misses of a turn, then the rest live",
    description: "On any replica. Without Last-Event-ID the turn is told from its start.",
    parameters: [
      idParameter(),
      tenantParameter(),
      visitorParameter(),
      headerParameter("Last-Event-ID", "The id of the last frame that arrived."),
    ],
    responses: {
      200: { description: "The frames after that one.", content: eventStream() },
      204: { description: "Nothing is missing: the end of the turn arrived." },
      ...problems([
        "invalid_request",
        "not_found",
        "tenant_not_found",
        "unauthorized",
        "rate_limited",
        "unavailable",
      ]),
    },
  };
}

function turnStopOperation(): Json {
  return {
    operationId: "stopTurn",
    summary: "Stop a running turn; what was said is kept",
    parameters: [idParameter(), tenantParameter(), visitorParameter()],
    requestBody: {
      required: true,
      content: { "application/json": { schema: { type: "object" } } },
    },
    responses: {
      200: { description: "The turn's state now.", content: json("StopResponse") },
      ...problems([
        "not_found",
        "tenant_not_found",
        "unauthorized",
        "unsupported_media_type",
        "unavailable",
      ]),
    },
  };
}
