import type * as z from "zod";
import { API_PATH } from "./headers.ts";
import { idParameter, type Json, json, problems, schemaOf } from "./openapi-parts.ts";
import {
  auditPageSchema,
  invitationResponseSchema,
  inviteRequestSchema,
  linkAcceptRequestSchema,
  linkAcceptResponseSchema,
  linkCheckRequestSchema,
  linkCheckResponseSchema,
  linkSchema,
  operatorChangeSchema,
  operatorPageSchema,
  operatorSchema,
  passwordChangeSchema,
  sessionResponseSchema,
  signInRequestSchema,
} from "./operators.ts";

const ADMIN = `${API_PATH}/admin`;

/** Signing in, one-time links, operators and the audit log. */
export function operatorPaths(): Json {
  return {
    [`${ADMIN}/session`]: {
      get: operation("session", "Who is signed in", { answer: "Session" }),
      post: operation("signIn", "Sign in", {
        description: "Sets the session's cookie. Pages of other origins are refused.",
        body: "SignInRequest",
        answer: "Session",
        failures: ["invalid_request", "unauthorized", "forbidden", "rate_limited"],
      }),
      delete: operation("signOut", "Sign out", { answer: "Session", failures: ["forbidden"] }),
    },
    [`${ADMIN}/session/password`]: {
      post: operation("changePassword", "Change the own password; other sessions end", {
        body: "PasswordChange",
        answer: "Session",
        failures: ["invalid_request", "unauthorized", "forbidden", "rate_limited"],
      }),
    },
    [`${ADMIN}/links/check`]: {
      post: operation("checkLink", "What a one-time link is for", {
        body: "LinkCheckRequest",
        answer: "LinkCheck",
        failures: ["invalid_request", "forbidden", "not_found"],
      }),
    },
    [`${ADMIN}/links/accept`]: {
      post: operation("acceptLink", "Take a one-time link: set a password", {
        body: "LinkAcceptRequest",
        answer: "LinkAccept",
        failures: ["invalid_request", "forbidden", "not_found", "rate_limited"],
      }),
    },
    ...managementPaths(),
  };
}

function managementPaths(): Json {
  return {
    [`${ADMIN}/operators`]: {
      get: staffOperation("operators", "Operators of a tenant, or all", {
        page: true,
        answer: "OperatorPage",
      }),
      post: staffOperation("inviteOperator", "Invite an operator", {
        description: "Answers a link that works once, for seven days, and is shown once.",
        body: "InviteRequest",
        answer: "Invitation",
        status: 201,
      }),
    },
    [`${ADMIN}/operators/{id}`]: {
      patch: staffOperation("changeOperator", "Change an operator's name, roles or access", {
        id: true,
        body: "OperatorChange",
        answer: "Operator",
      }),
      delete: staffOperation("removeOperator", "Remove an operator", { id: true }),
    },
    [`${ADMIN}/operators/{id}/reset-link`]: {
      post: staffOperation("resetOperator", "A one-time link to set a password", {
        description: "It works for a day, or for seven for who has not come in yet.",
        id: true,
        answer: "Link",
        status: 201,
      }),
    },
    [`${ADMIN}/audit`]: {
      get: staffOperation("audit", "Who changed what, the latest first", {
        page: true,
        answer: "AuditPage",
      }),
    },
  };
}

interface Operation {
  readonly description?: string;
  readonly parameters?: readonly Json[];
  readonly body?: string;
  readonly answer?: string;
  readonly status?: number;
  readonly failures?: Parameters<typeof problems>[0];
}

function operation(operationId: string, summary: string, of: Operation): Json {
  const content = of.answer ? { content: json(of.answer) } : {};
  const media = of.body ? (["unsupported_media_type", "payload_too_large"] as const) : [];
  return {
    operationId,
    summary,
    ...(of.description && { description: of.description }),
    ...(of.parameters && { parameters: of.parameters }),
    ...(of.body && { requestBody: { required: true, content: json(of.body) } }),
    responses: {
      [of.status ?? 200]: { description: `${summary}.`, ...content },
      ...problems([...(of.failures ?? []), ...media, "unavailable"]),
    },
  };
}

/** An operation of the admins of a tenant, or of the owners for the installation. */
function staffOperation(
  operationId: string,
  summary: string,
  { id, page, ...of }: Operation & { readonly id?: true; readonly page?: true },
): Json {
  const parameters = [tenantParameter(), ...(id ? [idParameter()] : []), ...(page ? paging() : [])];
  return operation(operationId, summary, {
    ...of,
    parameters,
    failures: [
      "invalid_request",
      "unauthorized",
      "forbidden",
      ...(id ? (["not_found"] as const) : []),
      "tenant_not_found",
      "rate_limited",
    ],
  });
}

function tenantParameter(): Json {
  return {
    name: "tenant_id",
    in: "query",
    description: "Absent is the default tenant; `*` is the installation with all tenants.",
    schema: { type: "string", minLength: 1, maxLength: 100 },
  };
}

function paging(): Json[] {
  return [
    {
      name: "limit",
      in: "query",
      schema: { type: "integer", minimum: 1, maximum: 200, default: 50 },
    },
    {
      name: "cursor",
      in: "query",
      description: "The next_cursor of an earlier page.",
      schema: { type: "string" },
    },
  ];
}

export function operatorSchemas(): Json {
  const inputs: Record<string, z.ZodType> = {
    SignInRequest: signInRequestSchema,
    PasswordChange: passwordChangeSchema,
    LinkCheckRequest: linkCheckRequestSchema,
    LinkAcceptRequest: linkAcceptRequestSchema,
    InviteRequest: inviteRequestSchema,
    OperatorChange: operatorChangeSchema,
  };
  const outputs: Record<string, z.ZodType> = {
    Session: sessionResponseSchema,
    LinkCheck: linkCheckResponseSchema,
    LinkAccept: linkAcceptResponseSchema,
    Link: linkSchema,
    Operator: operatorSchema,
    OperatorPage: operatorPageSchema,
    Invitation: invitationResponseSchema,
    AuditPage: auditPageSchema,
  };
  const all = (schemas: Record<string, z.ZodType>, io: "input" | "output") =>
    Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema, io)]);
  return Object.fromEntries([...all(inputs, "input"), ...all(outputs, "output")]);
}
