import type * as z from "zod";
import {
  conversationDetailSchema,
  conversationPageSchema,
  conversationRecordSchema,
} from "./admin-conversations.ts";
import { API_PATH } from "./headers.ts";
import {
  idParameter,
  type Json,
  json,
  problems,
  schemaOf,
  tenantParameter,
  visitorParameter,
} from "./openapi-parts.ts";
import { pageParameters, staffOperation } from "./openapi-staff.ts";
import { erasureReceiptSchema, subjectExportSchema } from "./privacy.ts";
import { searchRequestSchema, searchResponseSchema } from "./search.ts";
import { newUserSchema, userChangeSchema, userPageSchema, userSchema } from "./users.ts";

const ADMIN = `${API_PATH}/admin`;

/** What is kept about people: export, erasure, conversations, users; and retrieval without an answer. */
export function privacyPaths(): Json {
  return {
    [`${API_PATH}/me`]: {
      get: visitorOperation(
        "exportMe",
        "Everything that is kept about the caller",
        "SubjectExport",
      ),
      delete: visitorOperation("eraseMe", "Erase everything about the caller", "ErasureReceipt"),
    },
    [`${API_PATH}/search`]: {
      post: staffOperation("search", "Passages of the documents, without an answer", {
        body: "SearchRequest",
        answer: "SearchResponse",
        failures: ["unsupported_media_type"],
      }),
    },
    [`${ADMIN}/subjects/{subject}`]: {
      get: staffOperation("exportSubject", "Everything that is kept about somebody", {
        parameters: [subjectParameter()],
        answer: "SubjectExport",
        failures: ["user_not_found"],
      }),
      delete: staffOperation("eraseSubject", "Erase everything about somebody", {
        parameters: [subjectParameter()],
        answer: "ErasureReceipt",
        failures: ["user_not_found"],
      }),
    },
    ...conversationPaths(),
    ...userPaths(),
  };
}

function conversationPaths(): Json {
  return {
    [`${ADMIN}/conversations`]: {
      get: staffOperation("conversations", "Conversations of a tenant, newest first", {
        parameters: [...filterParameters(), ...pageParameters()],
        answer: "ConversationPage",
      }),
    },
    [`${ADMIN}/conversations/export`]: {
      get: staffOperation("exportConversations", "Conversations with everything in them", {
        parameters: filterParameters(),
        answer: "ConversationRecord",
        type: "application/x-ndjson",
      }),
    },
    [`${ADMIN}/conversations/{id}`]: {
      get: staffOperation("conversation", "A conversation and its messages", {
        parameters: [idParameter(), ...pageParameters()],
        answer: "ConversationDetail",
        failures: ["conversation_not_found"],
      }),
      delete: staffOperation("eraseConversation", "Erase a conversation", {
        parameters: [idParameter()],
        answer: "ErasureReceipt",
        failures: ["conversation_not_found"],
      }),
    },
  };
}

function userPaths(): Json {
  return {
    [`${ADMIN}/users`]: {
      get: staffOperation("users", "Users of a tenant, by id", {
        parameters: pageParameters(),
        answer: "UserPage",
      }),
      post: staffOperation("createUser", "Add a user", {
        body: "NewUser",
        answer: "User",
        status: 201,
        failures: ["unsupported_media_type"],
      }),
    },
    [`${ADMIN}/users/{id}`]: {
      patch: staffOperation("renameUser", "Rename a user", {
        parameters: [idParameter()],
        body: "UserChange",
        answer: "User",
        failures: ["user_not_found", "unsupported_media_type"],
      }),
      delete: staffOperation("deleteUser", "Delete a user without conversations", {
        parameters: [idParameter()],
        failures: ["user_not_found"],
      }),
    },
  };
}

function visitorOperation(operationId: string, summary: string, answer: string): Json {
  return {
    operationId,
    summary,
    parameters: [
      tenantParameter(),
      visitorParameter(),
      {
        name: "user_id",
        in: "query",
        description: "Needed, and allowed, with a secret API key: whose data the server means.",
        schema: { type: "integer" },
      },
    ],
    responses: {
      200: { description: "Of nobody, without a credential.", content: json(answer) },
      ...problems([
        "invalid_request",
        "tenant_not_found",
        "unauthorized",
        "forbidden",
        "rate_limited",
        "unavailable",
      ]),
    },
  };
}

function subjectParameter(): Json {
  return {
    name: "subject",
    in: "path",
    required: true,
    description: "`visitor:<hash>`, `user:<id>`, or the `sub` of the tenant's tokens.",
    schema: { type: "string" },
  };
}

function filterParameters(): Json[] {
  const parameter = (name: string, description: string, schema: Json = { type: "string" }) => ({
    name,
    in: "query",
    description,
    schema,
  });
  return [
    parameter("label", "Those of one unregistered tenant_id; empty for those without one."),
    parameter("user_id", "Those of one user.", { type: "integer" }),
    parameter("from", "Last active on this day, or at this time, or later (UTC)."),
    parameter("to", "Last active before this day or time (UTC)."),
    parameter(
      "q",
      "Those with this text in a message. A page may then hold few conversations, or none, and still lead on.",
      { type: "string", minLength: 2, maxLength: 200 },
    ),
  ];
}

export function privacySchemas(): Json {
  const inputs: Record<string, z.ZodType> = {
    SearchRequest: searchRequestSchema,
    NewUser: newUserSchema,
    UserChange: userChangeSchema,
  };
  const outputs: Record<string, z.ZodType> = {
    SubjectExport: subjectExportSchema,
    ErasureReceipt: erasureReceiptSchema,
    ConversationPage: conversationPageSchema,
    ConversationDetail: conversationDetailSchema,
    ConversationRecord: conversationRecordSchema,
    User: userSchema,
    UserPage: userPageSchema,
    SearchResponse: searchResponseSchema,
  };
  const all = (schemas: Record<string, z.ZodType>, io: "input" | "output") =>
    Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema, io)]);
  return Object.fromEntries([...all(inputs, "input"), ...all(outputs, "output")]);
}
