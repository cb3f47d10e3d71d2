import * as z from "zod";
import { ERRORS } from "./errors.ts";
import { HEADERS } from "./headers.ts";
import { TURN_EVENTS } from "./turn-events.ts";

// What several operations of the OpenAPI document share.

export type Json = Record<string, unknown>;

export function envelopeFailures(): Json {
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

export function problems(codes: readonly (keyof typeof ERRORS)[]): Json {
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

export function answerHeaders(): Json {
  const text = (description: string) => ({ description, schema: { type: "string" } });
  return {
    [HEADERS.requestId]: text("Names this request in the log."),
    [HEADERS.turnId]: text("The turn."),
    [HEADERS.messageId]: text("The id of the answer."),
    [HEADERS.error]: text("The error code of a failure."),
    [HEADERS.visitor]: text("A newly made visitor secret; absent when the caller brought one."),
  };
}

export function idParameter(): Json {
  return { name: "id", in: "path", required: true, schema: { type: "integer" } };
}

export function headerParameter(name: string, description: string): Json {
  return { name, in: "header", description, schema: { type: "string" } };
}

export function visitorParameter(): Json {
  return headerParameter(HEADERS.visitor, "The visitor's secret; a cookie with it does as well.");
}

export function tenantParameter(): Json {
  return {
    name: "tenant_id",
    in: "query",
    description: "Absent is the default tenant.",
    schema: { type: "string", minLength: 1, maxLength: 100 },
  };
}

export function json(name: string): Json {
  return { "application/json": { schema: ref(name) } };
}

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

export function eventStream(): Json {
  return {
    "text/event-stream": {
      schema: {
        type: "string",
        description: `Frames \`id: <turn_id>:<seq>\`, \`event:\` and JSON \`data:\` of these events: ${Object.keys(TURN_EVENTS).join(", ")}.`,
      },
    },
  };
}

/** A schema of the document from the one that the server checks with. */
export function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
