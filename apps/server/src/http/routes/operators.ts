import {
  API_PATH,
  type InvitationResponse,
  idSchema,
  inviteRequestSchema,
  type LinkResponse,
  type OperatorPage,
  type OperatorResponse,
  OrchaError,
  operatorChangeSchema,
} from "@orcha/contract";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { addressOfLink, type OneTimeLink } from "../../operators/links.ts";
import {
  change,
  invite,
  makeResetLink,
  type OperatorRequest,
  remove,
} from "../../operators/manage.ts";
import { type Manager, managerOf } from "../../operators/manager.ts";
import type { Operator } from "../../operators/operator.ts";
import { listOperators } from "../../operators/operators-store.ts";
import type { Grant } from "../../operators/permissions.ts";
import type { Route, StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { idCursorParameter, nextCursor } from "../id-cursor.ts";
import { limitParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

export interface OperatorsDeps {
  readonly database: Database;
  readonly publicUrl: string | undefined;
}

/** The people who run a tenant (`?tenant_id=`), or the installation (`?tenant_id=*`). */
export function operatorRoutes({ database, publicUrl }: OperatorsDeps): readonly Route[] {
  return [
    forAdmins("GET", "", async (c, staff) => {
      const page = { after: idCursorParameter(c) ?? 0, limit: limitParameter(c) };
      const { operators, next } = await listOperators(database.reader, scopeOf(staff), page);
      const answer: OperatorPage = { data: operators.map(shown), next_cursor: nextCursor(next) };
      return sendJson(c, 200, answer);
    }),
    forAdmins("POST", "", async (c, staff) => {
      const fields = parseFields(inviteRequestSchema, await readJsonObject(c));
      const grants = fields.grants.map(toGrant);
      const { operator, link } = await invite(
        database,
        managerFor(staff),
        { email: fields.email, name: fields.name, grants },
        staff.entry("operator.invite", "", { grants: fields.grants }),
      );
      const answer: InvitationResponse = {
        operator: shown(operator),
        link: shownLink(c, publicUrl, link),
      };
      return sendJson(c, 201, answer);
    }),
    forAdmins("PATCH", "/:id", async (c, staff) => {
      const fields = parseFields(operatorChangeSchema, await readJsonObject(c));
      const { name, disabled } = fields;
      const request = aboutOperator(c, staff, (id) => staff.entry("operator.change", id, fields));
      const grants = fields.grants?.map(toGrant);
      const changed = await change(database, { ...request, change: { name, disabled, grants } });
      return sendJson(c, 200, shown(within(changed, request.manager)));
    }),
    forAdmins("DELETE", "/:id", async (c, staff) => {
      await remove(
        database,
        aboutOperator(c, staff, (id) => staff.entry("operator.delete", id)),
      );
      return sendJson(c, 200, {});
    }),
    forAdmins("POST", "/:id/reset-link", async (c, staff) => {
      await readJsonObject(c);
      const request = aboutOperator(c, staff, (id) => staff.entry("operator.reset-link", id));
      const link = await makeResetLink(database, request);
      return sendJson(c, 201, shownLink(c, publicUrl, link));
    }),
  ];
}

function forAdmins(
  method: StaffRoute["method"],
  path: string,
  handle: StaffRoute["handle"],
): StaffRoute {
  const policy = { for: "staff", permission: "admin", over: "tenant" } as const;
  return { method, path: `${API_PATH}/admin/operators${path}`, policy, handle };
}

/** Nobody has a role over a label: who asks for one by that name asks for a tenant that does not exist. */
function scopeOf({ tenantId, label }: StaffAdmission): string {
  if (label !== "") throw new OrchaError("tenant_not_found");
  return tenantId;
}

function managerFor(staff: StaffAdmission): Manager {
  return managerOf(scopeOf(staff), staff.may);
}

function aboutOperator(
  c: RequestContext,
  staff: StaffAdmission,
  entry: (target: string) => AuditEntry,
): OperatorRequest {
  const id = idSchema.safeParse(c.req.param("id"));
  if (!id.success) throw new OrchaError("not_found", "This operator does not exist.");
  return { id: id.data, manager: managerFor(staff), audit: entry(String(id.data)) };
}

/** What a tenant's manager may know of somebody who works for others as well. */
function within(operator: Operator, { scope }: Manager): Operator {
  if (scope === "*") return operator;
  return { ...operator, grants: operator.grants.filter(({ tenantId }) => tenantId === scope) };
}

function toGrant({ tenant_id, role }: { tenant_id: string; role: Grant["role"] }): Grant {
  return { tenantId: tenant_id, role };
}

function shown({ id, email, name, grants, state, createdAt }: Operator): OperatorResponse {
  return {
    id,
    email,
    name,
    grants: grants.map(({ tenantId, role }) => ({ tenant_id: tenantId, role })),
    state,
    created_at: new Date(createdAt).toISOString(),
  };
}

function shownLink(
  c: RequestContext,
  publicUrl: string | undefined,
  { token, expiresAt }: OneTimeLink,
): LinkResponse {
  return {
    url: addressOfLink(publicUrl ?? new URL(c.req.url).origin, token),
    expires_at: new Date(expiresAt).toISOString(),
  };
}
