import type { ERRORS } from "./errors.ts";
import { type Json, json, problems, ref, tenantParameter } from "./openapi-parts.ts";

/** What differs between the operations of operators and servers. */
export interface StaffOperation {
  readonly parameters?: readonly Json[];
  readonly body?: string;
  readonly answer?: string;
  /** @default "application/json" */
  readonly type?: string;
  /** @default 200 */
  readonly status?: number;
  /** Beside those that every operation of the staff may have. */
  readonly failures?: readonly (keyof typeof ERRORS)[];
}

/** An operation on a tenant for operators and servers. */
export function staffOperation(
  operationId: string,
  summary: string,
  operation: StaffOperation,
): Json {
  const { parameters = [], body, answer, status = 200, failures = [] } = operation;
  const { type = "application/json" } = operation;
  return {
    operationId,
    summary,
    parameters: [tenantParameter(), ...parameters],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      [status]: {
        description: "Done.",
        ...(answer && { content: { [type]: { schema: ref(answer) } } }),
      },
      ...problems([
        "invalid_request",
        "tenant_not_found",
        "unauthorized",
        "forbidden",
        "unavailable",
        ...failures,
      ]),
    },
  };
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
