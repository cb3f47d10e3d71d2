import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SecretKey, SecretKeys } from "./secret-keys.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^v1\.([\w-]{11})\.([\w-]+)$/;

/** Where a sealed text stands; it opens nowhere else. */
export interface SealPlace {
  readonly tenantId: string;
  readonly kind: string;
  readonly name: string;
}

/** A sealed text does not open: it was changed, moved, or sealed with a key that is gone. */
class SealBrokenError extends Error {
  override readonly name = "SealBrokenError";
}

/** Seals what the server itself must be able to read again. */
export interface Sealer {
  /** @throws SecretKeysError when the installation has no key */
  seal(text: string, place: SealPlace): Promise<string>;
  /** @throws SealBrokenError, SecretKeysError */
  open(sealed: string, place: SealPlace): Promise<string>;
  /** Whether the key that seals now sealed it. */
  isCurrent(sealed: string): Promise<boolean>;
}

/** AES-256-GCM, written as `v1.<key id>.<nonce, text and tag>`. */
export function createSealer(keys: SecretKeys): Sealer {
  return {
    async seal(text, place) {
      const [{ id, bytes }] = await keys();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(placeBytes(place));
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final()]);
      return `v1.${id}.${Buffer.concat([sealed, cipher.getAuthTag()]).toString("base64url")}`;
    },
    async open(sealed, place) {
      const [, id, body = ""] = FORM.exec(sealed) ?? [];
      const key = (await keys()).find((candidate) => candidate.id === id);
      if (!key) throw new SealBrokenError("Sealed with a key that ORCHA_SECRET_KEYS does not hold");
      return unseal(Buffer.from(body, "base64url"), key, place);
    },
    async isCurrent(sealed) {
      const [{ id }] = await keys();
      return FORM.exec(sealed)?.[1] === id;
    },
  };
}

function unseal(bytes: Buffer, key: SecretKey, place: SealPlace): string {
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new SealBrokenError("A sealed text was changed or moved", { cause });
  }
}

function placeBytes({ tenantId, kind, name }: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([tenantId, kind, name]));
}
