import { API_PATH, OrchaError, type SearchResponse, searchRequestSchema } from "@orcha/contract";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { cleanText } from "../../turns/clean-text.ts";
import type { Retriever } from "../../turns/ports.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { oneTenant } from "../one-tenant.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

export interface SearchDeps {
  /** One that finds as many passages as may be asked for. */
  readonly retriever: Retriever;
  readonly resolveTenant: TenantResolver;
}

/** Retrieval without an answer, for the tenant's own servers. */
export function searchRoutes(deps: SearchDeps): readonly StaffRoute[] {
  return [
    {
      method: "POST",
      path: `${API_PATH}/search`,
      policy: { for: "staff", permission: "search", over: "tenant" },
      handle: (c, staff) => search(c, deps, staff),
    },
  ];
}

async function search(
  c: RequestContext,
  deps: SearchDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { query, limit, tenant_id } = parseFields(searchRequestSchema, await readJsonObject(c));
  const tenantId = tenant_id ? await tenantNamed(tenant_id, deps, staff) : oneTenant(staff);
  const { contexts } = await deps.retriever.retrieve(tenantId, cleanText(query), []);
  return sendJson(c, 200, { data: contexts.slice(0, limit) } satisfies SearchResponse);
}

/** @throws OrchaError `forbidden` for a tenant that who asks may not search */
async function tenantNamed(
  named: string,
  { resolveTenant }: SearchDeps,
  staff: StaffAdmission,
): Promise<string> {
  const { tenant } = await resolveTenant(cleanText(named));
  if (!staff.may("search", tenant.id)) throw new OrchaError("forbidden");
  return tenant.id;
}
