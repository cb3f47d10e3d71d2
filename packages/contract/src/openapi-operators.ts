import type * as z from "zod";
import { API_PATH } from "./headers.ts";
import { idParameter, type Json, schemaOf } from "./openapi-parts.ts";
import { operation, pageParameters, staffOperation } from "./openapi-staff.ts";
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
        parameters: pageParameters(),
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
        parameters: [idParameter()],
        failures: ["not_found"],
        body: "OperatorChange",
        answer: "Operator",
      }),
      delete: staffOperation("removeOperator", "Remove an operator", {
        parameters: [idParameter()],
        failures: ["not_found"],
      }),
    },
    [`${ADMIN}/operators/{id}/reset-link`]: {
      post: staffOperation("resetOperator", "A one-time link to set a password", {
        body: "Nothing",
        description: "It works for a day, or for seven for who has not come in yet.",
        parameters: [idParameter()],
        failures: ["not_found"],
        answer: "Link",
        status: 201,
      }),
    },
    [`${ADMIN}/audit`]: {
      get: staffOperation("audit", "Who changed what, the latest first", {
        parameters: pageParameters(),
        answer: "AuditPage",
      }),
    },
  };
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
  return {
    Nothing: {
      type: "object",
      description: "Only that it is JSON counts, which no form can send.",
    },
    ...Object.fromEntries([...all(inputs, "input"), ...all(outputs, "output")]),
  };
}
