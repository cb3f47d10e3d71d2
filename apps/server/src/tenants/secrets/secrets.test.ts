import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { EVERY_TENANT } from "../../db/statement.ts";
import { describeOnEveryEngine, type TestStorage } from "../../testing/databases.ts";
import { setUpDatabase } from "../set-up.ts";
import { putSecret, removeSecret, rotateSecrets } from "./manage-secrets.ts";
import { createSealer } from "./sealed-text.ts";
import { createSecretKeys } from "./secret-keys.ts";
import { listSecrets } from "./secret-store.ts";
import { createTenantSecrets } from "./tenant-secrets.ts";

const randomKey = () => randomBytes(32).toString("base64url");
const sealerOf = (...keys: string[]) =>
  createSealer(createSecretKeys({ configured: keys.join(","), folder: undefined }));
const PLACE = { tenantId: "shop", kind: "jwt", name: "main" };

describe("sealed text", () => {
  it("opens in its place only", async () => {
    const sealer = sealerOf(randomKey());
    const sealed = await sealer.seal("a secret ✓", PLACE);
    expect(sealed).not.toContain("secret");
    expect(await sealer.open(sealed, PLACE)).toBe("a secret ✓");
    for (const moved of [{ tenantId: "other" }, { kind: "model" }, { name: "next" }]) {
      await expect(sealer.open(sealed, { ...PLACE, ...moved })).rejects.toThrow(/changed or moved/);
    }
    const shifted = { tenantId: "sho", kind: "pjwt", name: "main" };
    await expect(sealer.open(sealed, shifted)).rejects.toThrow(/changed or moved/);
  });

  it("differs each time, and does not open when a single bit was changed", async () => {
    const sealer = sealerOf(randomKey());
    const sealed = await sealer.seal("text", PLACE);
    expect(await sealer.seal("text", PLACE)).not.toBe(sealed);
    const [version, id, body = ""] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const text = `${version}.${id}.${changed.toString("base64url")}`;
      await expect(sealer.open(text, PLACE)).rejects.toThrow(/changed or moved/);
    }
    for (const text of ["", "v1", `${version}.${id}.AAAA`, `v2.${id}.${body}`, body]) {
      await expect(sealer.open(text, PLACE)).rejects.toThrow();
    }
  });

  it("is sealed with the first key and opened with any", async () => {
    const [old, next] = [randomKey(), randomKey()];
    const sealed = await sealerOf(old).seal("text", PLACE);
    const both = sealerOf(next, old);
    expect(await both.open(sealed, PLACE)).toBe("text");
    expect(await both.isCurrent(sealed)).toBe(false);
    expect(await both.isCurrent(await both.seal("text", PLACE))).toBe(true);
    await expect(sealerOf(next).open(sealed, PLACE)).rejects.toThrow(/ORCHA_SECRET_KEYS/);
  });
});

describe("secret keys", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "orcha-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are taken as base64, base64url or hexadecimal, and name themselves alike", async () => {
    const bytes = randomBytes(32);
    const forms = ["base64", "base64url", "hex"] as const;
    const ids = forms.map(async (form) => {
      const keys = createSecretKeys({ configured: bytes.toString(form), folder: undefined });
      return (await keys())[0].id;
    });
    expect(new Set(await Promise.all(ids)).size).toBe(1);
  });

  it("that are none are refused at once, without being told", () => {
    const good = randomKey();
    for (const bad of [
      "short",
      "a passphrase that somebody can remember",
      `${good}x`,
      "é".repeat(43),
    ]) {
      const configured = `${good}, ${bad}`;
      const make = () => createSecretKeys({ configured, folder });
      expect(make).toThrow(/^ORCHA_SECRET_KEYS: key 2 is not 32 bytes/);
      expect(make).not.toThrow(bad);
    }
  });

  it("are made in the data folder at first need, once for all processes, for its owner's eyes", async () => {
    const processes = Array.from({ length: 8 }, () =>
      createSecretKeys({ configured: undefined, folder: join(folder, "data") }),
    );
    await expect(readdir(folder)).resolves.toEqual([]);
    const ids = await Promise.all(processes.map(async (keys) => (await keys())[0].id));
    expect(new Set(ids).size).toBe(1);
    expect(await readdir(join(folder, "data"))).toEqual(["secret.key"]);
    const file = join(folder, "data", "secret.key");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, "utf8")).trim()).toHaveLength(43);
  });

  it("are refused when the file is broken, and missing when there is no folder for one", async () => {
    await writeFile(join(folder, "secret.key"), "half a k");
    await expect(createSecretKeys({ configured: undefined, folder })()).rejects.toThrow(
      /does not hold a key/,
    );
    await expect(createSecretKeys({ configured: "", folder: undefined })()).rejects.toThrow(
      /PostgreSQL.*ORCHA_SECRET_KEYS/,
    );
  });
});

describeOnEveryEngine("a tenant's secrets", (engine) => {
  let storage: TestStorage;
  let database: Database;
  const defaults = { tenantId: "external_widget", userId: 1, now: 0 };
  const tenantId = defaults.tenantId;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    await setUpDatabase(database, defaults);
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const entryOf = (action: string, target: string): AuditEntry => ({
    tenantId,
    actor: { kind: "command", id: "", name: "orcha" },
    action,
    target,
    detail: {},
    address: "",
    now: 1000,
  });
  const jwt = (name: string) => ({ kind: "jwt", name }) as const;
  const long = (text: string) => text.padEnd(32, ".");

  it("are kept sealed and read back by the server alone", async () => {
    const sealer = sealerOf(randomKey());
    const deps = { database, sealer };
    await putSecret(deps, tenantId, jwt("k1"), long("shared"), entryOf);
    await putSecret(deps, tenantId, { kind: "model", name: "openai" }, "sk-test", entryOf);
    const stored = await listSecrets(database.reader, tenantId);
    expect(stored.map(({ kind, name, createdAt }) => [kind, name, createdAt])).toEqual([
      ["jwt", "k1", 1000],
      ["model", "openai", 1000],
    ]);
    expect(JSON.stringify(stored)).not.toMatch(/shared|sk-test/);
    const secrets = createTenantSecrets({ database, sealer });
    const [shared] = await secrets.sharedSecrets(tenantId);
    expect([shared?.kid, Buffer.from(shared?.secret ?? "").toString()]).toEqual([
      "k1",
      long("shared"),
    ]);
    expect(await secrets.readModelKeys(tenantId)).toEqual({ openai: "sk-test" });
    expect(await secrets.readModelKeys("another")).toEqual({});
  });

  it("for tokens are two at most, also when three come at once, and one of them can be set anew", async () => {
    const deps = { database, sealer: sealerOf(randomKey()) };
    const put = (name: string) =>
      putSecret(deps, tenantId, jwt(name), long(name), entryOf).then(
        () => "set",
        (error) => error.code,
      );
    const outcomes = await Promise.all(["a", "b", "c"].map(put));
    expect(outcomes.sort()).toEqual(["invalid_request", "set", "set"]);
    const [first] = await listSecrets(database.reader, tenantId);
    expect(await put(first?.name ?? "")).toBe("set");
    expect(await put("d")).toBe("invalid_request");
    await removeSecret(database, tenantId, jwt(first?.name ?? ""), entryOf);
    expect(await put("d")).toBe("set");
  });

  it("for tokens have 32 bytes at least", async () => {
    const deps = { database, sealer: sealerOf(randomKey()) };
    const put = (value: string) => putSecret(deps, tenantId, jwt("k"), value, entryOf);
    await expect(put("x".repeat(31))).rejects.toThrow(/at least 32 bytes/);
    await put("é".repeat(16));
  });

  it("cannot be kept for nobody, nor without a key to seal them", async () => {
    const deps = { database, sealer: sealerOf(randomKey()) };
    await expect(putSecret(deps, "nobody", jwt("k"), long("x"), entryOf)).rejects.toMatchObject({
      code: "tenant_not_found",
    });
    const sealer = createSealer(createSecretKeys({ configured: undefined, folder: undefined }));
    const put = putSecret({ database, sealer }, tenantId, jwt("k"), long("x"), entryOf);
    await expect(put).rejects.toMatchObject({ code: "invalid_request" });
    await expect(removeSecret(database, tenantId, jwt("k"), entryOf)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("are sealed anew with the first key, so that the old one can go", async () => {
    const [old, next] = [randomKey(), randomKey()];
    await putSecret({ database, sealer: sealerOf(old) }, tenantId, jwt("k"), long("x"), entryOf);
    const deps = { database, sealer: sealerOf(next, old) };
    expect(await rotateSecrets(deps)).toEqual({ resealed: 1, broken: [] });
    expect(await rotateSecrets(deps)).toEqual({ resealed: 0, broken: [] });
    const secrets = createTenantSecrets({ database, sealer: sealerOf(next) });
    expect(await secrets.sharedSecrets(tenantId)).toHaveLength(1);
    const { broken } = await rotateSecrets({ database, sealer: sealerOf(randomKey()) });
    expect(broken.map(({ name }) => name)).toEqual(["k"]);
  });

  it("that do not open are as if they were not there, and the operator is told", async () => {
    await putSecret(
      { database, sealer: sealerOf(randomKey()) },
      tenantId,
      jwt("k"),
      long("x"),
      entryOf,
    );
    const problems: string[] = [];
    const secrets = createTenantSecrets({
      database,
      sealer: sealerOf(randomKey()),
      onProblem: (id) => problems.push(id),
    });
    expect(await secrets.sharedSecrets(tenantId)).toEqual([]);
    expect(problems).toEqual([tenantId]);
  });

  it("leave their names in the audit log and nothing else", async () => {
    const deps = { database, sealer: sealerOf(randomKey()) };
    await putSecret(deps, tenantId, jwt("k"), long("very secret"), entryOf);
    await removeSecret(database, tenantId, jwt("k"), entryOf);
    const log = await database.reader.query(
      EVERY_TENANT,
      database.reader.builder.selectFrom("audit_log").selectAll().orderBy("id"),
    );
    expect(log.map(({ action, target }) => [action, target])).toEqual([
      ["secret.set", "jwt/k"],
      ["secret.delete", "jwt/k"],
    ]);
    expect(JSON.stringify(log)).not.toContain("very secret");
  });
});
