import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { OrchaError } from "@orcha/contract";

/** What a new hash costs: 32 MB and about a tenth of a second of one core. */
const COST = { log2N: 15, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Bytes that one hash may take; also of a cost that is raised one day. */
const MAX_MEMORY = 256 * 1024 * 1024;
const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** Hashing uses threads that files and names need as well, so attempts to sign in must not take them all. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 50;

/** Makes and checks the hashes of passwords, off the event loop. */
export interface Passwords {
  /** The hash with its cost, so that the cost can be raised later. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed.
   *
   * @param stored undefined for an account that has none: false, in the same time
   * @throws OrchaError `rate_limited` when too many wait already
   */
  verify(password: string, stored: string | undefined): Promise<boolean>;
}

interface Hashed {
  readonly cost: { readonly log2N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** One for each process: it lets few hashes run at a time. */
export function createPasswords(): Passwords {
  const queue = createQueue();
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return write({ cost: COST, salt, hash: await queue(() => derive(password, salt, COST)) });
    },
    async verify(password, stored) {
      const expected = read(stored);
      const salt = expected?.salt ?? randomBytes(SALT_BYTES);
      const actual = await queue(() => derive(password, salt, expected?.cost ?? COST));
      return expected !== undefined && timingSafeEqual(actual, expected.hash);
    },
  };
}

function derive(password: string, salt: Buffer, cost: Hashed["cost"]): Promise<Buffer> {
  const { log2N, r, p } = cost;
  const N = 2 ** log2N;
  const options: ScryptOptions = { N, r, p, maxmem: MAX_MEMORY };
  // The same character may be typed as one code point or as two.
  const text = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}

function write({ cost: { log2N, r, p }, salt, hash }: Hashed): string {
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString("base64url"));
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${saltText}$${hashText}`;
}

function read(stored = ""): Hashed | undefined {
  const [, log2N, r, p, salt, hash] = FORM.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    hash: Buffer.from(hash, "base64url"),
  };
}

function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= MAX_AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw new OrchaError("rate_limited");
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes on to who waits longest.
      if (next) next();
      else running--;
    }
  };
}
