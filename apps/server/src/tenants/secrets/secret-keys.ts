import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SetUpError } from "../set-up.ts";

const KEY_BYTES = 32;
const FILE = "secret.key";
const BASE64URL = /^[\w-]{43}$/;
const BASE64 = /^[A-Za-z0-9+/]{43}=?$/;
const HEX = /^[0-9a-f]{64}$/i;

/** A key that seals, under the name that sealed texts carry. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The keys of the installation: the first seals, all open. */
export type SecretKeys = () => Promise<readonly [SecretKey, ...SecretKey[]]>;

/** The installation has no key to seal with, or one that is none. */
export class SecretKeysError extends SetUpError {}

export interface SecretKeysOptions {
  /** ORCHA_SECRET_KEYS. */
  readonly configured: string | undefined;
  /** Where a key may be made at first need; undefined when several machines share the storage. */
  readonly folder: string | undefined;
}

/**
 * Where the keys come from: the configuration, or a file beside the embedded database. They are read when the first secret is.
 * @throws SecretKeysError for a configured key that is not 32 bytes in hexadecimal or base64
 */
export function createSecretKeys({ configured, folder }: SecretKeysOptions): SecretKeys {
  const [first, ...others] = configured === undefined ? [] : parseSecretKeys(configured);
  if (first) return async () => [first, ...others];
  if (folder === undefined) return refuse;
  let known: Promise<SecretKey> | undefined;
  return async () => {
    known ??= readOrMake(folder);
    return [await known];
  };
}

async function refuse(): Promise<never> {
  throw new SecretKeysError(
    "With PostgreSQL, keeping secrets needs ORCHA_SECRET_KEYS, the same on every server. Make one with: openssl rand -base64 32",
  );
}

/** 32 random bytes each, separated by commas. Passphrases are not taken: what people can remember can be guessed. */
function parseSecretKeys(text: string): SecretKey[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part, at) => secretKey(decode(part, at + 1)));
}

function decode(part: string, place: number): Buffer {
  if (HEX.test(part)) return Buffer.from(part, "hex");
  if (BASE64URL.test(part) || BASE64.test(part)) return Buffer.from(part, "base64url");
  throw new SecretKeysError(
    `ORCHA_SECRET_KEYS: key ${place} is not ${KEY_BYTES} bytes in base64 or hexadecimal. Make one with: openssl rand -base64 32`,
  );
}

/** What seals and what names the key are derived apart, so that the name tells nothing. */
function secretKey(bytes: Uint8Array): SecretKey {
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), purpose, KEY_BYTES));
  const name = createHash("sha256").update(derive("orcha secret key id")).digest("base64url");
  return { id: name.slice(0, 11), bytes: derive("orcha secret seal") };
}

async function readOrMake(folder: string): Promise<SecretKey> {
  const file = join(folder, FILE);
  return (await readKey(file)) ?? (await makeKey(folder, file));
}

async function readKey(file: string): Promise<SecretKey | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new SecretKeysError(`The file ${file} cannot be read (${error.code}).`);
  });
  if (text === undefined) return undefined;
  const key = text.trim();
  if (!BASE64URL.test(key)) throw new SecretKeysError(`The file ${file} does not hold a key.`);
  return secretKey(Buffer.from(key, "base64url"));
}

/** Written beside and linked, so that two processes end with one key and nobody reads half of it. */
async function makeKey(folder: string, file: string): Promise<SecretKey> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString("base64url")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // another process was first: its key counts
    });
  } finally {
    await rm(draft, { force: true });
  }
  const key = await readKey(file);
  if (!key) throw new SecretKeysError(`The file ${file} vanished while it was made.`);
  return key;
}
