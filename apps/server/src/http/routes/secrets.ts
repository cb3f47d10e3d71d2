import {
  API_PATH,
  OrchaError,
  type SecretDeletion,
  type SecretInfo,
  type SecretName,
  secretNameSchema,
  secretRequestSchema,
} from "@orcha/contract";
import { putSecret, removeSecret, type SecretDeps } from "../../tenants/secrets/manage-secrets.ts";
import { listSecrets } from "../../tenants/secrets/secret-store.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { oneTenant } from "../one-tenant.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

const PATH = `${API_PATH}/admin/secrets`;
const POLICY = { for: "staff", permission: "admin", over: "tenant" } as const;

/** What a tenant entrusts to the server: secrets of its tokens, keys of its models. They go in and never come out. */
export function secretRoutes(deps: SecretDeps): readonly StaffRoute[] {
  const one = `${PATH}/:kind/:name`;
  return [
    { method: "GET", path: PATH, policy: POLICY, handle: (c, staff) => list(c, deps, staff) },
    { method: "PUT", path: one, policy: POLICY, handle: (c, staff) => put(c, deps, staff) },
    { method: "DELETE", path: one, policy: POLICY, handle: (c, staff) => remove(c, deps, staff) },
  ];
}

async function list(
  c: RequestContext,
  { database }: SecretDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const secrets = await listSecrets(database.reader, oneTenant(staff));
  const data = secrets.map((secret) => shown(secret, secret.createdAt));
  return sendJson(c, 200, { data });
}

async function put(c: RequestContext, deps: SecretDeps, staff: StaffAdmission): Promise<Response> {
  const secret = namedSecret(c);
  const { value } = parseFields(secretRequestSchema, await readJsonObject(c));
  const { createdAt } = await putSecret(deps, oneTenant(staff), secret, value, staff.entry);
  return sendJson(c, 200, shown(secret, createdAt));
}

async function remove(
  c: RequestContext,
  { database }: SecretDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const secret = namedSecret(c);
  await removeSecret(database, oneTenant(staff), secret, staff.entry);
  return sendJson(c, 200, { ...secret, deleted: true } satisfies SecretDeletion);
}

/** What no secret can be named is one that does not exist. */
function namedSecret(c: RequestContext): SecretName {
  const { kind, name } = c.req.param();
  const parsed = secretNameSchema.safeParse({ kind, name });
  if (parsed.success) return parsed.data;
  if (c.req.method === "DELETE") throw new OrchaError("not_found");
  return parseFields(secretNameSchema, { kind, name });
}

function shown({ kind, name }: Pick<SecretInfo, "kind" | "name">, createdAt: number): SecretInfo {
  return { kind, name, created_at: new Date(createdAt).toISOString() };
}
