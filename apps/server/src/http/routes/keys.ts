import {
  API_PATH,
  type Key,
  type KeyPage,
  keyRequestSchema,
  type NewKey,
  OrchaError,
} from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import { type ListedKey, listKeys } from "../../tenants/keys/key-store.ts";
import { createKey, endKey } from "../../tenants/keys/manage-keys.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { limitParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

const PATH = `${API_PATH}/admin/keys`;
const INSTALLATION = "*";
const POLICY = { for: "staff", permission: "admin", over: "tenant" } as const;

export interface KeysDeps {
  readonly database: Database;
}

/** Secret keys of a tenant's servers; with `?tenant_id=*` those of the installation, for its owner. */
export function keyRoutes(deps: KeysDeps): readonly StaffRoute[] {
  return [
    { method: "GET", path: PATH, policy: POLICY, handle: (c, staff) => list(c, deps, staff) },
    { method: "POST", path: PATH, policy: POLICY, handle: (c, staff) => create(c, deps, staff) },
    {
      method: "DELETE",
      path: `${PATH}/:id`,
      policy: POLICY,
      handle: (c, staff) => revoke(c, deps, staff),
    },
  ];
}

async function list(
  c: RequestContext,
  { database }: KeysDeps,
  { tenantId }: StaffAdmission,
): Promise<Response> {
  const limit = limitParameter(c);
  const before = beforeParameter(c);
  const keys = await listKeys(database.reader, tenantId, { before, limit: limit + 1 });
  const data = keys.slice(0, limit).map(shown);
  const next = keys.length > limit ? String(data.at(-1)?.id) : null;
  return sendJson(c, 200, { data, next_cursor: next } satisfies KeyPage);
}

async function create(
  c: RequestContext,
  { database }: KeysDeps,
  staff: StaffAdmission,
): Promise<Response> {
  refuseUnlessOwner(staff);
  const request = parseFields(keyRequestSchema, await readJsonObject(c));
  const { key, token } = await createKey(database, staff.tenantId, request, {
    mayGive: (scope) => staff.may(scope, staff.tenantId),
    entryOf: staff.entry,
  });
  return sendJson(c, 201, { ...shown(key), key: token } satisfies NewKey);
}

async function revoke(
  c: RequestContext,
  { database }: KeysDeps,
  staff: StaffAdmission,
): Promise<Response> {
  refuseUnlessOwner(staff);
  const id = Number(c.req.param("id"));
  if (!Number.isSafeInteger(id)) throw new OrchaError("not_found");
  return sendJson(c, 200, shown(await endKey(database, staff.tenantId, id, staff.entry)));
}

/** A key of the installation opens every tenant. */
function refuseUnlessOwner(staff: StaffAdmission): void {
  if (staff.tenantId === INSTALLATION && !staff.may("owner", INSTALLATION)) {
    throw new OrchaError("forbidden");
  }
}

function beforeParameter(c: RequestContext): number {
  const cursor = Number(c.req.query("cursor") || Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(cursor) || cursor < 1) {
    throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
  }
  return cursor;
}

function shown(key: ListedKey): Key {
  return {
    id: key.id,
    tenant_id: key.tenantId,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    created_at: new Date(key.createdAt).toISOString(),
    created_by: key.createdBy,
    last_used_at: timeOf(key.lastUsedAt),
    expires_at: timeOf(key.expiresAt),
    revoked_at: timeOf(key.revokedAt),
  };
}

function timeOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
