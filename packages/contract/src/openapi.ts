import * as z from "zod";
import { chatRequestSchema, chatResponseSchema } from "./chat.ts";
import { messagePageSchema, problemSchema, visitorResponseSchema } from "./conversations.ts";
import { ERRORS } from "./errors.ts";
import { API_PATH, HEADERS } from "./headers.ts";
import { TURN_EVENTS } from "./turn-events.ts";

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of everything that exists, made from the schemas that the server checks with. */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "ORCHA",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        "The chat backend behind the AURA widget. Errors of chat-v2 keep its envelope; elsewhere they are problem details.",
    },
    paths: {
      [`${API_PATH}/chat-v2`]: { post: chatOperation() },
      [`${API_PATH}/visitor`]: { post: visitorOperation() },
      [`${API_PATH}/conversations/{id}/messages`]: { get: messagesOperation() },
      "/healthz": { get: healthOperation("Alive", "The process is alive.") },
      "/readyz": {
        get: {
          ...healthOperation("Ready", "It takes turns."),
          responses: { 200: { description: "Ready." }, 503: { description: "Not ready." } },
        },
      },
    },
    components: { schemas: componentSchemas() },
  };
}

function chatOperation(): Json {
  return {
    operationId: "chat",
    summary: "One turn of a conversation",
    description:
      "Answers as JSON, or as a stream of events for `Accept: text/event-stream`. What the visitor or the page's author can act on is status 200 with `success: false`.",
    requestBody: {
      required: true,
      content: { "application/json": { schema: ref("ChatRequest") } },
    },
    responses: {
      200: {
        description: "The answer, or the reason why there is none.",
        headers: answerHeaders(),
        content: {
          "application/json": { schema: ref("ChatResponse") },
          "text/event-stream": {
            schema: {
              type: "string",
              description: `Frames \`id: <turn_id>:<seq>\`, \`event:\` and JSON \`data:\` of these events: ${Object.keys(TURN_EVENTS).join(", ")}.`,
            },
          },
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
    parameters: [tenantParameter()],
    responses: {
      200: { description: "The secret.", content: json("VisitorResponse") },
      ...problems(["tenant_not_found", "unauthorized"]),
    },
  };
}

function messagesOperation(): Json {
  return {
    operationId: "messages",
    summary: "A conversation's transcript, for its owner",
    parameters: [
      { name: "id", in: "path", required: true, schema: { type: "integer" } },
      tenantParameter(),
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
      ...problems(["invalid_request", "conversation_not_found", "unauthorized"]),
    },
  };
}

function healthOperation(operationId: string, description: string): Json {
  return { operationId, summary: description, responses: { 200: { description } } };
}

function componentSchemas(): Json {
  const schemas: Json = {
    ChatRequest: schemaOf(chatRequestSchema, "input"),
    ChatResponse: schemaOf(chatResponseSchema, "output"),
    MessagePage: schemaOf(messagePageSchema, "output"),
    VisitorResponse: schemaOf(visitorResponseSchema, "output"),
    Problem: schemaOf(problemSchema, "output"),
  };
  for (const [event, schema] of Object.entries(TURN_EVENTS)) {
    schemas[`Event.${event}`] = schemaOf(schema, "output");
  }
  return schemas;
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function envelopeFailures(): Json {
  const statuses = Object.values(ERRORS).map((rule) => rule.chatStatus);
  const failures = [...new Set([400, ...statuses])].filter((status) => status !== 200).sort();
  return Object.fromEntries(
    failures.map((status) => [
      status,
      {
        description: Object.entries(ERRORS)
          .filter(([, rule]) => rule.chatStatus === status)
          .map(([code, rule]) => `${code}: ${rule.message}`)
          .join(" "),
        content: json("ChatResponse"),
      },
    ]),
  );
}

function problems(codes: readonly (keyof typeof ERRORS)[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const { status, message } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${code}: ${message}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      {
        description: lines.join(" "),
        content: { "application/problem+json": { schema: ref("Problem") } },
      },
    ]),
  );
}

function answerHeaders(): Json {
  const text = (description: string) => ({ description, schema: { type: "string" } });
  return {
    [HEADERS.requestId]: text("Names this request in the log."),
    [HEADERS.turnId]: text("The turn."),
    [HEADERS.messageId]: text("The id of the answer."),
    [HEADERS.error]: text("The error code of a failure."),
    [HEADERS.visitor]: text("A newly made visitor secret; absent when the caller brought one."),
  };
}

function tenantParameter(): Json {
  return {
    name: "tenant_id",
    in: "query",
    description: "Absent is the default tenant.",
    schema: { type: "string", minLength: 1, maxLength: 100 },
  };
}

function json(name: string): Json {
  return { "application/json": { schema: ref(name) } };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
