import { createHmac } from "node:crypto";
import { runCommand } from "./packaged-server.ts";

/** What an owner does with the admin API. */
export interface TenantAdmin {
  /** Registers a tenant; `name` is its id too unless the settings say otherwise. */
  create(id: string, settings?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes settings. */
  update(id: string, settings: Readonly<Record<string, unknown>>): Promise<void>;
  setSecret(id: string, kid: string, value: string): Promise<void>;
}

/** Makes a secret key by `orcha key create`; "*" is one of the installation. */
export async function makeKey(dataDir: string, tenantId: string, scopes: string): Promise<string> {
  const args = ["key", "create", "--tenant", tenantId, "--name", "e2e", "--scopes", scopes];
  const { output } = await runCommand(args, { ORCHA_DATA_DIR: dataDir });
  const [key] = /orcha_sk_\S+/.exec(output) ?? [];
  if (key === undefined) throw new Error(`No key was made:\n${output}`);
  return key;
}

/** The admin API with an installation's key. */
export function tenantAdmin(url: string, key: string): TenantAdmin {
  const call = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${url}/api/v1/orcha/admin/${path}`, {
      method,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    create: (id, settings = {}) =>
      call("POST", "tenants", { id, settings: { name: id, ...settings } }),
    update: (id, settings) => call("PATCH", `tenants/${id}`, { settings }),
    setSecret: (id, kid, value) => call("PUT", `secrets/jwt/${kid}?tenant_id=${id}`, { value }),
  };
}

/** A token as a site's own server signs it. */
export function signToken(
  secret: string,
  kid: string,
  claims: Readonly<Record<string, unknown>>,
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${part({ alg: "HS256", typ: "JWT", kid })}.${part(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}
