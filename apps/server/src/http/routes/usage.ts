import {
  API_PATH,
  idSchema,
  OrchaError,
  type UsageReport,
  type UserUsage,
  usageQuerySchema,
} from "@orcha/contract";
import { budgetStatus } from "../../budgets/status.ts";
import type { Database } from "../../db/database.ts";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { userExists } from "../../tenants/store.ts";
import { daysOf, reportUsage } from "../../usage/report.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { parseFields } from "../parse-fields.ts";
import { sendJson } from "../send.ts";

const INSTALLATION = "*";

export interface UsageDeps {
  readonly database: Database;
  readonly resolveTenant: TenantResolver;
  readonly currency: string;
  readonly now: () => number;
}

/** What tenants and their users have used. */
export function usageRoutes(deps: UsageDeps): readonly StaffRoute[] {
  const policy = { for: "staff", permission: "read", over: "tenant" } as const;
  return [
    {
      method: "GET",
      path: `${API_PATH}/usage`,
      policy,
      handle: (c, staff) => sendUsage(c, staff, deps),
    },
    {
      method: "GET",
      path: `${API_PATH}/tokens/usage/:user_id`,
      policy,
      handle: (c, staff) => sendUserUsage(c, staff, deps),
    },
  ];
}

async function sendUsage(
  c: RequestContext,
  { tenantId, label }: StaffAdmission,
  deps: UsageDeps,
): Promise<Response> {
  const query = parseFields(usageQuerySchema, c.req.query());
  const days = daysOf(query, deps.now());
  const filter = { tenantId, label: label === "" ? undefined : label, ...days };
  const { totals, rows, isTruncated } = await reportUsage(deps, filter, query.group_by ?? []);
  const answer: UsageReport = {
    tenant_id: tenantId,
    ...days,
    currency: deps.currency,
    totals,
    data: [...rows],
    truncated: isTruncated,
    budgets: tenantId === INSTALLATION ? [] : await budgetsOf(tenantId, deps),
  };
  return sendJson(c, 200, answer);
}

async function budgetsOf(tenantId: string, { database, resolveTenant, now }: UsageDeps) {
  const { tenant } = await resolveTenant(tenantId);
  return budgetStatus(database, tenantId, tenant.settings.budget, now());
}

async function sendUserUsage(
  c: RequestContext,
  { tenantId }: StaffAdmission,
  deps: UsageDeps,
): Promise<Response> {
  const { data: userId } = idSchema.safeParse(c.req.param("user_id"));
  const days = daysOf(parseFields(usageQuerySchema, c.req.query()), deps.now());
  if (userId === undefined || !(await userExists(deps.database.reader, tenantId, userId))) {
    throw new OrchaError("user_not_found");
  }
  const usage = await reportUsage(deps, { tenantId, userId, ...days }, ["day"]);
  const answer: UserUsage = {
    tenant_id: tenantId,
    user_id: userId,
    ...days,
    currency: deps.currency,
    totals: usage.totals,
    data: [...usage.rows],
    truncated: usage.isTruncated,
  };
  return sendJson(c, 200, answer);
}
