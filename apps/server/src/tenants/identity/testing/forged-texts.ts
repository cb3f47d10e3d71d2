import { createSecretKey } from "node:crypto";
import { CompactEncrypt } from "jose";
import type { NamedToken } from "./honest-tokens.ts";
import {
  encode,
  honestClaims,
  type SigningKey,
  signed,
  type TokenWorld,
  tokenOf,
} from "./token-world.ts";

/** Texts that are no signed token to the letter. */
export async function forgedTexts(world: TokenWorld): Promise<NamedToken[]> {
  return [
    ...spellings(world),
    ...oddJson(world),
    ...repeatedKeys(world),
    ...noTokens(),
    ...(await encrypted(world)),
  ];
}

/** The same bytes in another spelling, or with something around them. */
function spellings(world: TokenWorld): NamedToken[] {
  return world.keys.flatMap((key) => {
    const token = signed(world, key);
    const [header = "", claims = "", signature = ""] = token.split(".");
    const texts: Record<string, string> = {
      "padding everywhere": [pad(header), pad(claims), pad(signature)].join("."),
      "one = more": `${token}=`,
      "a space in it": `${header}. ${claims}.${signature}`,
      "a line break in it": `${header}.${claims}\n.${signature}`,
      "a tab in its header": `${header.slice(0, 4)}\t${header.slice(4)}.${claims}.${signature}`,
      "a dot more": `${token}.`,
      "a dot before": `.${token}`,
      "four parts": `${token}.${signature}`,
      "two parts": `${header}.${claims}`,
      "without claims": `${header}..${signature}`,
      "without header": `.${claims}.${signature}`,
      "percent-encoded dots": `${header}%2E${claims}%2E${signature}`,
      "full-width dots": `${header}．${claims}．${signature}`,
      "a byte order mark": `\uFEFF${token}`,
      "a null byte": `${token}\u0000`,
      "an exclamation mark": `${token}!`,
      quoted: `"${token}"`,
      "in upper case": token.toUpperCase(),
      twice: `${token},${token}`,
      "other bits in the last character": `${header}.${claims}.${otherLastBits(signature)}`,
    };
    return Object.entries(texts).map(([name, text]) => ({
      family: "spelling",
      name: `${key.kid}: ${name}`,
      token: text,
    }));
  });
}

function pad(part: string): string {
  return `${part}${"=".repeat((4 - (part.length % 4)) % 4 || 4)}`;
}

/** Base64 leaves bits of the last character unused; changing them gives another text for the same bytes. */
function otherLastBits(part: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(part.at(-1) ?? "A");
  return part.slice(0, -1) + alphabet[last ^ 1];
}

function oddJson(world: TokenWorld): NamedToken[] {
  const claims = JSON.stringify(honestClaims(world));
  return world.keys.flatMap((key) => {
    const header = JSON.stringify({ alg: key.algorithm, kid: key.kid });
    const deep = `${"[".repeat(2500)}${"]".repeat(2500)}`;
    const pairs: Record<string, readonly [string, string]> = {
      "claims are an array": [header, `[${claims}]`],
      "claims are a text": [header, JSON.stringify(claims)],
      "claims are null": [header, "null"],
      "claims are a number": [header, "1"],
      "claims are no JSON": [header, `${claims}x`],
      "claims with a comment": [header, `/**/${claims}`],
      "claims in single quotes": [header, claims.replaceAll('"', "'")],
      "header is an array": [`[${header}]`, claims],
      "header is null": ["null", claims],
      "header is no JSON": [`${header}}`, claims],
      "header with a byte order mark": [`\uFEFF\uFEFF${header}`, claims],
      "too long": [header, `{"x":"${"x".repeat(8000)}",${claims.slice(1)}`],
      "too long and deep": [header, `{"x":${deep.repeat(2)},${claims.slice(1)}`],
      "algorithm by prototype": [
        `{"__proto__":{"alg":"${key.algorithm}"},"kid":"${key.kid}"}`,
        claims,
      ],
      "subject by prototype": [
        header,
        `{"__proto__":{"sub":"customer-7"},${claims.slice(1).replace('"sub":"customer-7",', "")}`,
      ],
    };
    const texts = Object.entries(pairs).map(([name, [head, body]]) => ({
      family: "odd JSON",
      name: `${key.kid}: ${name}`,
      token: tokenOf(head, body, key.signer),
    }));
    return [...texts, brokenUtf8(world, key)];
  });
}

/** Bytes that are no UTF-8: a lenient reader sees replacement characters, a strict one nothing. */
function brokenUtf8(world: TokenWorld, key: SigningKey): NamedToken {
  const bytes = Buffer.from(JSON.stringify({ ...honestClaims(world), sub: "customer-@" }));
  bytes[bytes.indexOf("@")] = 0xff;
  const input = `${encode({ alg: key.algorithm, kid: key.kid })}.${bytes.toString("base64url")}`;
  return {
    family: "odd JSON",
    name: `${key.kid}: claims that are no UTF-8`,
    token: `${input}.${key.signer(input).toString("base64url")}`,
  };
}

/** Readers disagree about which of two equal names counts. */
function repeatedKeys(world: TokenWorld): NamedToken[] {
  const [attacker] = world.attackerKeys;
  const claims = JSON.stringify(honestClaims(world));
  if (!attacker) return [];
  const headers = [
    '{"alg":"none","alg":"HS256","kid":"hs-1"}',
    '{"alg":"HS256","alg":"none","kid":"hs-1"}',
    '{"alg":"RS256","alg":"HS256","kid":"rsa-1"}',
    '{"alg":"HS256","kid":"evil-hs","kid":"hs-1"}',
    '{"alg":"HS256","kid":"hs-1","kid":"evil-hs"}',
    '{"alg":"HS256","Alg":"none","ALG":"none","kid":"hs-1"}',
  ];
  return headers.flatMap((header) => [
    { family: "repeated names", name: header, token: tokenOf(header, claims, attacker.signer) },
    {
      family: "repeated names",
      name: `${header} unsigned`,
      token: `${encode(header)}.${encode(claims)}.`,
    },
  ]);
}

function noTokens(): NamedToken[] {
  const texts = [
    "",
    " ",
    ".",
    "..",
    "...",
    "null",
    "undefined",
    "[object Object]",
    "eyJhbGciOiJub25lIn0..",
    "a.b.c",
    "orcha_sk_",
    `orcha_sk_${"A".repeat(43)}`,
    `v1.${"A".repeat(32)}.${"A".repeat(43)}`,
    "x".repeat(100_000),
    `${"A".repeat(5000)}.${"A".repeat(5000)}.${"A".repeat(5000)}`,
    "$" + "{jndi:ldap://127.0.0.1/a}",
    "../../etc/passwd",
  ];
  return texts.map((token) => ({ family: "no token", name: token.slice(0, 40), token }));
}

async function encrypted(world: TokenWorld): Promise<NamedToken[]> {
  const claims = Buffer.from(JSON.stringify(honestClaims(world)));
  const secret = createSecretKey(Buffer.from(world.sharedSecrets[0]?.secret ?? "").subarray(0, 32));
  const rsa = world.keys.find(({ algorithm }) => algorithm === "RS256")?.publicKey;
  const ec = world.keys.find(({ algorithm }) => algorithm === "ES256")?.publicKey;
  const make = async (alg: string, key: Parameters<CompactEncrypt["encrypt"]>[0] | undefined) => ({
    family: "encrypted",
    name: alg,
    token: key
      ? await new CompactEncrypt(claims)
          .setProtectedHeader({ alg, enc: "A256GCM", kid: "hs-1" })
          .encrypt(key)
      : "",
  });
  return Promise.all([
    make("dir", secret),
    make("A256KW", secret),
    make("RSA-OAEP", rsa),
    make("ECDH-ES", ec),
  ]);
}
