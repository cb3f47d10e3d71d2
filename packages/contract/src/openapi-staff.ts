import type { ERRORS } from "./errors.ts";
import { type Json, json, problems, ref, tenantParameter } from "./openapi-parts.ts";

type Code = keyof typeof ERRORS;

/** What differs between operations whose failures are problem details. */
export interface Operation {
  readonly description?: string;
  readonly parameters?: readonly Json[];
  readonly body?: string;
  readonly answer?: string;
  /** @default "application/json" */
  readonly type?: string;
  /** @default 200 */
  readonly status?: number;
  readonly failures?: readonly Code[];
}

export function operation(operationId: string, summary: string, of: Operation): Json {
  const { description, parameters, body, answer, failures = [] } = of;
  const { type = "application/json", status = 200 } = of;
  const bodyFailures: readonly Code[] = body ? ["unsupported_media_type", "payload_too_large"] : [];
  const codes = new Set<Code>([...failures, ...bodyFailures, "rate_limited", "unavailable"]);
  return {
    operationId,
    summary,
    ...(description && { description }),
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      [status]: {
        description: `${summary}.`,
        ...(answer && { content: { [type]: { schema: ref(answer) } } }),
      },
      ...problems([...codes]),
    },
  };
}

/** An operation on a tenant, or with `*` on the installation, for operators and servers. */
export function staffOperation(operationId: string, summary: string, of: Operation): Json {
  const { parameters = [], failures = [] } = of;
  return operation(operationId, summary, {
    ...of,
    parameters: [tenantParameter(), ...parameters],
    failures: ["invalid_request", "unauthorized", "forbidden", "tenant_not_found", ...failures],
  });
}

export function pageParameters(): Json[] {
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
