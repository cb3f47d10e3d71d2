import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import type { Database } from "../db/database.ts";
import type { Installation } from "../installation.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { runKeyCreate, runKeyList, runKeyRevoke } from "./key.ts";
import { runSecretDelete, runSecretList, runSecretRotate, runSecretSet } from "./secret.ts";
import {
  runTenantCreate,
  runTenantDelete,
  runTenantList,
  runTenantShow,
  runTenantSuspend,
  runTenantUpdate,
} from "./tenant.ts";

const OLD_KEY = Buffer.alloc(32, 1).toString("base64url");
const NEW_KEY = Buffer.alloc(32, 2).toString("base64url");
const noCheck = () => async () => undefined;

describeOnEveryEngine("commands for tenants, keys and secrets", (engine) => {
  let storage: TestStorage;
  let installation: Installation;
  let said: string;
  beforeEach(async () => {
    storage = await engine.create();
    installation = installationWith({ ORCHA_SECRET_KEYS: OLD_KEY });
    said = "";
    vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await storage[Symbol.asyncDispose]();
  });

  function installationWith(env: Record<string, string>): Installation {
    const nowhere = new URL("file:///nowhere/");
    return {
      version: "0.0.0",
      writerScript: pathToFileURL(inject("writerScript")),
      ingestScript: nowhere,
      widgetFolder: nowhere,
      consoleFolder: nowhere,
      docsFolder: nowhere,
      env: { ...storage.env, ...env },
    };
  }

  /** What a command prints. */
  async function output(command: Promise<void>): Promise<string> {
    said = "";
    await command;
    return said;
  }

  async function auditLog(): Promise<string[]> {
    const database: Database = await storage.open();
    const { reader } = database;
    const rows = await reader.query(
      "*",
      reader.builder.selectFrom("audit_log").selectAll().orderBy("id"),
    );
    await database[Symbol.asyncDispose]();
    for (const row of rows) expect([row.actor_kind, row.actor_name]).toEqual(["command", "orcha"]);
    return rows.map(({ tenant_id, action, target }) => `${tenant_id} ${action} ${target}`);
  }

  const create = (id: string, more: { name?: string; settings?: string } = {}) =>
    runTenantCreate(installation, { id, ...more }, noCheck);

  it("make, show, change, suspend, resume and erase a tenant, each told in the audit log", async () => {
    await create("shop", { name: "The shop", settings: '{"retention_days": 30}' });
    expect(JSON.parse(await output(runTenantShow(installation, { id: "shop" })))).toMatchObject({
      name: "The shop",
      retention_days: 30,
    });
    const settings = '{"theme": {"accent": "#123456"}}';
    await runTenantUpdate(installation, { id: "shop", settings }, noCheck);
    await runTenantSuspend(installation, { id: "shop" }, true);
    expect(await output(runTenantList(installation))).toMatch(/^shop +The shop +suspended/m);
    await runTenantSuspend(installation, { id: "shop" }, false);
    expect(await output(runTenantList(installation))).toMatch(/^shop +The shop +active/m);
    expect(await auditLog()).toEqual([
      "shop tenant.create shop",
      "shop tenant.update shop",
      "shop tenant.suspend shop",
      "shop tenant.resume shop",
    ]);
    await expect(runTenantDelete(installation, { id: "shop", confirm: "yes" })).rejects.toThrow(
      /confirm/,
    );
    await runTenantDelete(installation, { id: "shop", confirm: "shop" });
    expect(await output(runTenantList(installation))).not.toContain("shop");
    expect(await auditLog()).toEqual(["* tenant.delete shop"]);
  });

  it("refuse what cannot be in one line", async () => {
    const refused: [() => Promise<void>, RegExp][] = [
      [() => create("*"), /^--id: must not be \*/],
      [() => create("x", { settings: "{" }), /^--settings must be JSON/],
      [() => create("x", { settings: "[]" }), /^--settings must be a JSON object/],
      [() => create("x", { settings: '{"limits": {"visitor_per_minute": 0}}' }), /limits/],
      [() => create("external_widget"), /already/],
      [() => runTenantShow(installation, { id: "nobody" }), /./],
      [() => runKeyCreate(installation, { name: "x", scopes: "all" }), /^--scopes: /],
      [
        () => runKeyCreate(installation, { name: "x", scopes: "read", expires: "soon" }),
        /^--expires: /,
      ],
      [() => runKeyCreate(installation, { tenant: "nobody", name: "x", scopes: "read" }), /./],
      [() => runKeyRevoke(installation, { id: "x" }), /^--id must be/],
      [() => setSecret("jwt", "k", "short"), /at least 32 bytes/],
      [() => setSecret("jwt", "k", ""), /empty/],
      [() => setSecret("model", "other", "x"), /^--kind is/],
    ];
    for (const [command, line] of refused) await expect(command()).rejects.toThrow(line);
  });

  it("make a key, list it without telling it, and revoke it", async () => {
    const args = { name: "server", scopes: "chat, read", expires: "2999-12-31" };
    const token = (await output(runKeyCreate(installation, args))).trim();
    expect(token).toMatch(/^orcha_sk_[\w-]{43}$/);
    const listed = await output(runKeyList(installation, {}));
    expect(listed).not.toContain(token);
    const [, id = ""] =
      /^(\d+) +orcha_sk_.{4} +server +chat,read +never +active$/m.exec(listed) ?? [];
    await runKeyRevoke(installation, { id });
    expect(await output(runKeyList(installation, {}))).toMatch(/server .* revoked$/m);
    await runKeyCreate(installation, { tenant: "*", name: "all", scopes: "read,admin" });
    expect(await output(runKeyList(installation, { tenant: "*" }))).toMatch(/ all +read,admin /);
  });

  const setSecret = (kind: string, name: string, value: string) =>
    runSecretSet(installation, { kind, name }, Readable.from([value]));

  it("keep a secret that is read from the input, seal it anew with another key, and forget it", async () => {
    await setSecret("jwt", "main", "a shared secret of more than 32 bytes\n");
    await setSecret("model", "openai", "sk-provider");
    const listed = await output(runSecretList(installation, {}));
    expect(listed).toMatch(/^jwt +main +\d{4}-/m);
    expect(listed).not.toMatch(/shared|sk-/);
    installation = installationWith({ ORCHA_SECRET_KEYS: `${NEW_KEY},${OLD_KEY}` });
    expect(await output(runSecretRotate(installation))).toBe("2 secrets were sealed anew.\n");
    installation = installationWith({ ORCHA_SECRET_KEYS: NEW_KEY });
    expect(await output(runSecretRotate(installation))).toBe("0 secrets were sealed anew.\n");
    installation = installationWith({ ORCHA_SECRET_KEYS: OLD_KEY });
    await expect(runSecretRotate(installation)).rejects.toThrow(/jwt\/main.*model\/openai/);
    await runSecretDelete(installation, { kind: "jwt", name: "main" });
    expect(await output(runSecretList(installation, {}))).not.toContain("jwt");
  });
});
