import { chatRequestSchema, chatResponseSchema } from "./chat.ts";
import {
  messagePageSchema,
  problemSchema,
  stopResponseSchema,
  visitorResponseSchema,
} from "./conversations.ts";
import { operatorPaths, operatorSchemas } from "./openapi-operators.ts";
import { ownConversationPaths, ownConversationSchemas } from "./openapi-own-conversations.ts";
import { type Json, schemaOf } from "./openapi-parts.ts";
import { privacyPaths, privacySchemas } from "./openapi-privacy.ts";
import { tenantPaths, tenantSchemas } from "./openapi-tenants.ts";
import { usagePaths, usageSchemas } from "./openapi-usage.ts";
import { visitorPaths } from "./openapi-visitors.ts";
import { TURN_EVENTS } from "./turn-events.ts";
import { widgetConfigSchema } from "./widget-config.ts";

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
      ...visitorPaths(),
      ...ownConversationPaths(),
      ...privacyPaths(),
      ...usagePaths(),
      ...tenantPaths(),
      ...operatorPaths(),
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

function healthOperation(operationId: string, description: string): Json {
  return { operationId, summary: description, responses: { 200: { description } } };
}

function componentSchemas(): Json {
  const schemas: Json = {
    ChatRequest: schemaOf(chatRequestSchema, "input"),
    ChatResponse: schemaOf(chatResponseSchema, "output"),
    MessagePage: schemaOf(messagePageSchema, "output"),
    StopResponse: schemaOf(stopResponseSchema, "output"),
    VisitorResponse: schemaOf(visitorResponseSchema, "output"),
    WidgetConfig: schemaOf(widgetConfigSchema, "output"),
    Problem: schemaOf(problemSchema, "output"),
    ...ownConversationSchemas(),
    ...privacySchemas(),
    ...usageSchemas(),
    ...tenantSchemas(),
    ...operatorSchemas(),
  };
  for (const [event, schema] of Object.entries(TURN_EVENTS)) {
    schemas[`Event.${event}`] = schemaOf(schema, "output");
  }
  return schemas;
}
