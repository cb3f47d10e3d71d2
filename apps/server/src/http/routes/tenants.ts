import {
  API_PATH,
  newTenantSchema,
  OrchaError,
  type TenantErasure,
  type TenantInfo,
  type TenantPage,
  tenantChangeSchema,
  tenantDeletionSchema,
  tenantIdSchema,
} from "@orcha/contract";
import { type DeletionDeps, deleteTenant } from "../../tenants/registry/delete-tenant.ts";
import {
  createTenant,
  getTenant,
  listTenants,
  type RegisteredTenant,
  updateTenant,
} from "../../tenants/registry/registry.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { limitParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

const PATH = `${API_PATH}/admin/tenants`;
const INSTALLATION = "*";

/** The registry of tenants, for those who run the installation, and a tenant's own settings. */
export function tenantRoutes(deps: DeletionDeps): readonly StaffRoute[] {
  const staff = (permission: "read" | "admin", over: "tenant" | "installation") =>
    ({ for: "staff", permission, over }) as const;
  return [
    {
      method: "GET",
      path: PATH,
      policy: staff("admin", "installation"),
      handle: (c) => list(c, deps),
    },
    {
      method: "POST",
      path: PATH,
      policy: staff("admin", "installation"),
      handle: (c, who) => create(c, deps, who),
    },
    {
      method: "GET",
      path: `${PATH}/:tenant`,
      policy: staff("read", "tenant"),
      handle: async (c, { tenantId }) => sendJson(c, 200, shown(await getTenant(deps, tenantId))),
    },
    {
      method: "PATCH",
      path: `${PATH}/:tenant`,
      policy: staff("admin", "tenant"),
      handle: (c, who) => update(c, deps, who),
    },
    {
      method: "DELETE",
      path: `${PATH}/:tenant`,
      policy: staff("admin", "installation"),
      handle: (c, who) => remove(c, deps, who),
    },
  ];
}

async function list(c: RequestContext, deps: DeletionDeps): Promise<Response> {
  const page = { after: afterParameter(c), limit: limitParameter(c) };
  const { tenants, next } = await listTenants(deps, page);
  const body: TenantPage = { data: tenants.map(shown), next_cursor: next };
  return sendJson(c, 200, body);
}

async function create(
  c: RequestContext,
  deps: DeletionDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const tenant = parseFields(newTenantSchema, await readJsonObject(c));
  const made = await createTenant(deps, tenant, (action, target, detail) =>
    staff.entry(action, target, detail, tenant.id),
  );
  return sendJson(c, 201, shown(made));
}

async function update(
  c: RequestContext,
  deps: DeletionDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { settings } = parseFields(tenantChangeSchema, await readJsonObject(c));
  refuseOwnersSettings(settings, staff);
  const changed = await updateTenant(deps, staff.tenantId, settings, staff.entry);
  return sendJson(c, 200, shown(changed));
}

/** Who runs one tenant cannot raise what it may cost, nor answer for it when it is suspended. */
const OWNERS_SETTINGS = ["suspended", "models", "limits", "budget"];

/** @throws OrchaError `forbidden` */
function refuseOwnersSettings(settings: object, staff: StaffAdmission): void {
  if (staff.may("admin", INSTALLATION)) return;
  const [name] = OWNERS_SETTINGS.filter((setting) => Object.hasOwn(settings, setting));
  if (name === undefined) return;
  throw new OrchaError("forbidden", `Only who runs the installation may change ${name}.`);
}

async function remove(
  c: RequestContext,
  deps: DeletionDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { data: tenantId } = tenantIdSchema.safeParse(c.req.param("tenant"));
  if (tenantId === undefined) throw new OrchaError("tenant_not_found");
  const { confirm } = parseFields(tenantDeletionSchema, await readJsonObject(c));
  const erased = await deleteTenant(
    deps,
    tenantId,
    confirm,
    (action, target, detail) => staff.entry(action, target, detail, tenantId),
    (counts) => staff.entry("tenant.delete", tenantId, { erased: counts }, INSTALLATION),
  );
  return sendJson(c, 200, { id: tenantId, erased } satisfies TenantErasure);
}

/** `?cursor=` as an earlier page gave it: the last tenant of that page. */
function afterParameter(c: RequestContext): string {
  const cursor = c.req.query("cursor") ?? "";
  const parsed = tenantIdSchema.safeParse(cursor);
  if (cursor === "" || parsed.success) return cursor;
  throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
}

function shown({ id, createdAt, settings }: RegisteredTenant): TenantInfo {
  return { id, created_at: new Date(createdAt).toISOString(), settings };
}
