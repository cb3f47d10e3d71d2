import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Context } from "hono";
import { acceptedEncoding, type Encoding } from "../accepted-encoding.ts";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};
const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** A file of the build, read once and kept with its compressed forms. */
export interface StaticFile {
  /** Sends it in the smallest form the browser takes, or 304 when it has it already. */
  send(c: Context, headers: Readonly<Record<string, string>>): Promise<Response>;
}

/** Reads a file; its compressed forms are made when somebody first asks for them. */
export async function loadStaticFile(path: string): Promise<StaticFile> {
  const content = new Uint8Array(await readFile(path));
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  const compressed = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();

  const bytesFor = (encoding: Encoding) => {
    const known = compressed.get(encoding);
    if (known) return known;
    const made = compressors[encoding](content).then((bytes) => new Uint8Array(bytes));
    compressed.set(encoding, made);
    return made;
  };

  return {
    async send(c, headers) {
      const all = { ...headers, ETag: etag, Vary: "Accept-Encoding" };
      const known = c.req.header("If-None-Match")?.split(/\s*,\s*/) ?? [];
      if (known.some((tag) => tag.replace(/^W\//, "") === etag)) return c.body(null, 304, all);

      const encoding = acceptedEncoding(c.req.header("Accept-Encoding"));
      return c.body(encoding ? await bytesFor(encoding) : content, 200, {
        ...all,
        "Content-Type": type,
        "X-Content-Type-Options": "nosniff",
        ...(encoding && { "Content-Encoding": encoding }),
      });
    },
  };
}
