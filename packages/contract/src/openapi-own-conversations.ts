import type * as z from "zod";
import { API_PATH } from "./headers.ts";
import {
  idParameter,
  type Json,
  schemaOf,
  tenantParameter,
  visitorParameter,
} from "./openapi-parts.ts";
import { type Operation, operation, pageParameters } from "./openapi-staff.ts";
import {
  conversationChangeSchema,
  feedbackRequestSchema,
  feedbackResponseSchema,
  MAX_SEARCH_CHARS,
  ownConversationPageSchema,
  ownConversationSchema,
} from "./own-conversations.ts";

/** What visitors do with their own conversations and the answers in them. */
export function ownConversationPaths(): Json {
  return {
    [`${API_PATH}/conversations`]: {
      get: ownerOperation("ownConversations", "The caller's own conversations, newest first", {
        description: "Of nobody, without a credential.",
        parameters: [searchParameter(), ...pageParameters()],
        answer: "OwnConversationPage",
      }),
    },
    [`${API_PATH}/conversations/{id}`]: {
      patch: ownerOperation("renameOwnConversation", "Give a conversation another title", {
        parameters: [idParameter()],
        body: "ConversationChange",
        answer: "OwnConversation",
        failures: ["conversation_not_found"],
      }),
      delete: ownerOperation("eraseOwnConversation", "Erase a conversation of the caller's", {
        parameters: [idParameter()],
        answer: "ErasureReceipt",
        failures: ["conversation_not_found"],
      }),
    },
    [`${API_PATH}/messages/{id}/feedback`]: {
      post: ownerOperation("giveFeedback", "What the caller thinks of an answer", {
        description: "It takes the place of what was given before.",
        parameters: [idParameter()],
        body: "FeedbackRequest",
        answer: "Feedback",
        failures: ["not_found"],
      }),
    },
  };
}

/** An operation on what is the caller's own. */
function ownerOperation(operationId: string, summary: string, of: Operation): Json {
  const { parameters = [], failures = [] } = of;
  return operation(operationId, summary, {
    ...of,
    parameters: [...parameters, tenantParameter(), visitorParameter(), userParameter()],
    failures: ["invalid_request", "tenant_not_found", "unauthorized", "forbidden", ...failures],
  });
}

function userParameter(): Json {
  return {
    name: "user_id",
    in: "query",
    description: "With a secret API key: as whom the server speaks; absent is the default user.",
    schema: { type: "integer" },
  };
}

function searchParameter(): Json {
  return {
    name: "q",
    in: "query",
    description:
      "Those with this text in the title or in a message. A page may then hold few, or none, and still lead on.",
    schema: { type: "string", minLength: 1, maxLength: MAX_SEARCH_CHARS },
  };
}

export function ownConversationSchemas(): Json {
  const inputs: Record<string, z.ZodType> = {
    ConversationChange: conversationChangeSchema,
    FeedbackRequest: feedbackRequestSchema,
  };
  const outputs: Record<string, z.ZodType> = {
    OwnConversation: ownConversationSchema,
    OwnConversationPage: ownConversationPageSchema,
    Feedback: feedbackResponseSchema,
  };
  const all = (schemas: Record<string, z.ZodType>, io: "input" | "output") =>
    Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema, io)]);
  return Object.fromEntries([...all(inputs, "input"), ...all(outputs, "output")]);
}
