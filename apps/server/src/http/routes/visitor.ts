import type { VisitorResponse } from "@orcha/contract";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { type CallerOptions, identifyCaller, issueVisitorSecret } from "../caller.ts";
import type { RequestContext } from "../context.ts";
import { tenantParameter } from "../parameters.ts";
import { sendJson } from "../send.ts";

export interface VisitorDeps {
  readonly caller: CallerOptions;
  readonly resolveTenant: TenantResolver;
}

/** `POST /api/v1/orcha/visitor`: the secret that the caller already has, or a new one. */
export async function visitor(c: RequestContext, deps: VisitorDeps): Promise<Response> {
  await deps.resolveTenant(tenantParameter(c));
  const caller = identifyCaller(c, deps.caller);
  if (caller.kind === "visitor") return sendJson(c, 200, answer(caller.secret.token));
  const { secret, headers } = issueVisitorSecret(c, deps.caller);
  return sendJson(c, 200, answer(secret.token), headers);
}

function answer(visitor: string): VisitorResponse {
  return { visitor };
}
