import type { NamedToken } from "./honest-tokens.ts";
import {
  encode,
  honestClaims,
  type SigningKey,
  signed,
  type TokenWorld,
  tokenOf,
} from "./token-world.ts";

/** The order of P-256. */
const ORDER = Buffer.from(
  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
  "hex",
);

/** Tokens whose signature is none, or another's. */
export function forgedSignatures(world: TokenWorld): NamedToken[] {
  return [...unsigned(world), ...damaged(world), ...swapped(world), ...curveTricks(world)];
}

function unsigned(world: TokenWorld): NamedToken[] {
  const algorithms = ["none", "None", "NONE", "nOnE", "none ", "", "NULL", "false"];
  const [key] = world.keys;
  const signatures = {
    no: "",
    some: "AAAA",
    "a real": signatureOf(signed(world, key as SigningKey)),
  };
  return algorithms.flatMap((alg) =>
    Object.entries(signatures).flatMap(([name, signature]) =>
      [undefined, "hs-1"].map((kid) => ({
        family: "none",
        name: `alg "${alg}" with ${name} signature, kid ${kid}`,
        token: `${encode({ alg, kid })}.${encode(honestClaims(world))}.${signature}`,
      })),
    ),
  );
}

function damaged(world: TokenWorld): NamedToken[] {
  return [...world.keys, ...world.publishedKeys].flatMap((key) => {
    const token = signed(world, key);
    const good = Buffer.from(signatureOf(token), "base64url");
    const flipped = (at: number) => {
      const copy = Buffer.from(good);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const signatures: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      zeros: Buffer.alloc(good.length),
      ones: Buffer.alloc(good.length, 255),
      "without its last byte": good.subarray(0, -1),
      "without its first byte": good.subarray(1),
      half: good.subarray(0, good.length / 2),
      "one byte": good.subarray(0, 1),
      "a byte more": Buffer.concat([good, Buffer.alloc(1)]),
      "a byte before": Buffer.concat([Buffer.alloc(1), good]),
      twice: Buffer.concat([good, good]),
      backwards: Buffer.from(good).reverse(),
      "first bit": flipped(0),
      "last bit": flipped(good.length - 1),
      "middle bit": flipped(good.length / 2),
    };
    return Object.entries(signatures).map(([name, signature]) => ({
      family: "damaged signature",
      name: `${key.kid}: ${name}`,
      token: `${inputOf(token)}.${signature.toString("base64url")}`,
    }));
  });
}

/** Parts of real tokens in another order. */
function swapped(world: TokenWorld): NamedToken[] {
  return world.keys.flatMap((key) => {
    const [header, , signature] = signed(world, key).split(".");
    const other = encode({ ...honestClaims(world), sub: "customer-8" });
    const unlimited = encode({ ...honestClaims(world), exp: world.nowSeconds + 80_000 });
    return [
      ["another's claims", `${header}.${other}.${signature}`],
      ["a longer life", `${header}.${unlimited}.${signature}`],
      ["the header as claims", `${header}.${header}.${signature}`],
      [
        "another header",
        `${encode({ alg: key.algorithm, kid: key.kid, typ: "at+jwt" })}.${other}.${signature}`,
      ],
    ].map(([name, token]) => ({
      family: "swapped parts",
      name: `${key.kid}: ${name}`,
      token: String(token),
    }));
  });
}

/** Signatures that broken libraries took for right. */
function curveTricks(world: TokenWorld): NamedToken[] {
  const zero = Buffer.alloc(32);
  const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
  const pairs: Record<string, readonly [Buffer, Buffer]> = {
    "r = s = 0": [zero, zero],
    "r = 0": [zero, one],
    "s = 0": [one, zero],
    "r = s = 1": [one, one],
    "r = s = n": [ORDER, ORDER],
    "r = n, s = 0": [ORDER, zero],
  };
  const ec = world.keys.find(({ algorithm }) => algorithm === "ES256");
  if (!ec) return [];
  const header = { alg: "ES256", kid: "ec-1" };
  const raw = Object.entries(pairs).map(([name, pair]) => ({
    family: "curve tricks",
    name,
    token: tokenOf(header, honestClaims(world), () => Buffer.concat([...pair])),
  }));
  const inDer = {
    family: "curve tricks",
    name: "a right signature in DER",
    token: tokenOf(header, honestClaims(world), (input) => toDer(ec.signer(input))),
  };
  const zerosInDer = {
    family: "curve tricks",
    name: "zeros in DER",
    token: tokenOf(header, honestClaims(world), () => Buffer.from("3006020100020100", "hex")),
  };
  const identityPoint = {
    family: "curve tricks",
    name: "Ed25519: the neutral point and zero",
    token: tokenOf({ alg: "EdDSA", kid: "ed-1" }, honestClaims(world), () =>
      Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]),
    ),
  };
  return [...raw, inDer, zerosInDer, identityPoint];
}

function toDer(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const positive = Buffer.concat([Buffer.alloc(1), bytes]);
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function inputOf(token: string): string {
  return token.slice(0, token.lastIndexOf("."));
}

function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf(".") + 1);
}
