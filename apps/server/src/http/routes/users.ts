import {
  API_PATH,
  idSchema,
  newUserSchema,
  OrchaError,
  type User,
  type UserPage,
  userChangeSchema,
} from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import { cleanText } from "../../turns/clean-text.ts";
import {
  createUser,
  findUser,
  readUsers,
  removeUser,
  renameUser,
  type UserRow,
} from "../../users/store.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { oneTenant } from "../one-tenant.ts";
import { limitParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

export interface UsersDeps {
  readonly database: Database;
  readonly defaultUserId: number;
  readonly now: () => number;
}

/** Those as whom a tenant's conversations are led. */
export function userRoutes(deps: UsersDeps): readonly StaffRoute[] {
  const path = `${API_PATH}/admin/users`;
  const read = { for: "staff", permission: "read", over: "tenant" } as const;
  const admin = { for: "staff", permission: "admin", over: "tenant" } as const;
  const one = `${path}/:id`;
  return [
    { method: "GET", path, policy: read, handle: (c, staff) => list(c, deps, staff) },
    { method: "POST", path, policy: admin, handle: (c, staff) => create(c, deps, staff) },
    { method: "PATCH", path: one, policy: admin, handle: (c, staff) => rename(c, deps, staff) },
    { method: "DELETE", path: one, policy: admin, handle: (c, staff) => remove(c, deps, staff) },
  ];
}

async function list(c: RequestContext, deps: UsersDeps, staff: StaffAdmission): Promise<Response> {
  const limit = limitParameter(c);
  const rows = await readUsers(
    deps.database.reader,
    oneTenant(staff),
    afterParameter(c),
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  const page: UserPage = {
    data: shown.map(toUser),
    next_cursor: rows.length > limit ? String(shown.at(-1)?.id) : null,
  };
  return sendJson(c, 200, page);
}

async function create(
  c: RequestContext,
  deps: UsersDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const tenantId = oneTenant(staff);
  const { id, name } = parseFields(newUserSchema, await readJsonObject(c));
  const user = { tenantId, id, name: cleanText(name), now: deps.now() };
  const entry = staff.entry("user.create", String(id));
  if (!(await deps.database.write(createUser, { ...user, entry }))) {
    throw new OrchaError("invalid_request", `There is a user ${id} already.`);
  }
  return sendUser(c, deps, tenantId, id, 201);
}

async function rename(
  c: RequestContext,
  deps: UsersDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const tenantId = oneTenant(staff);
  const id = idParameter(c);
  const { name } = parseFields(userChangeSchema, await readJsonObject(c));
  const entry = staff.entry("user.rename", String(id));
  await deps.database.write(renameUser, { tenantId, id, name: cleanText(name), entry });
  return sendUser(c, deps, tenantId, id, 200);
}

async function remove(
  c: RequestContext,
  deps: UsersDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const tenantId = oneTenant(staff);
  const id = idParameter(c);
  if (id === deps.defaultUserId) {
    throw new OrchaError("invalid_request", "The default user is needed and stays.");
  }
  const entry = staff.entry("user.delete", String(id));
  const outcome = await deps.database.write(removeUser, { tenantId, id, entry });
  if (outcome === "unknown") throw new OrchaError("user_not_found");
  if (outcome === "has-conversations") {
    throw new OrchaError(
      "invalid_request",
      `User ${id} has conversations. Erase them first: DELETE ${API_PATH}/admin/subjects/user:${id}.`,
    );
  }
  return sendJson(c, 200, { id });
}

async function sendUser(
  c: RequestContext,
  { database }: UsersDeps,
  tenantId: string,
  id: number,
  status: number,
): Promise<Response> {
  const row = await findUser(database.reader, tenantId, id);
  if (!row) throw new OrchaError("user_not_found");
  return sendJson(c, status, toUser(row));
}

function toUser({ id, name, subject, created_at }: UserRow): User {
  return { id, name, subject, created_at: new Date(created_at).toISOString() };
}

function idParameter(c: RequestContext): number {
  const parsed = idSchema.safeParse(c.req.param("id"));
  if (!parsed.success) throw new OrchaError("user_not_found");
  return parsed.data;
}

/** `?cursor=` as an earlier page gave it: the id to read on after. */
function afterParameter(c: RequestContext): number {
  const cursor = c.req.query("cursor");
  if (cursor === undefined || cursor === "") return 0;
  const parsed = idSchema.safeParse(cursor);
  if (parsed.success) return parsed.data;
  throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
}
