import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context } from "hono";
import { acceptedEncoding } from "./accepted-encoding.ts";

const compressors = {
  // The highest level takes longer than it saves for a page that is made for each request.
  br: (text: string) =>
    promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
};

/** Sends an HTML page in the smallest form the browser takes. */
export async function sendCompressed(
  c: Context,
  html: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const encoding = acceptedEncoding(c.req.header("Accept-Encoding"));
  const vary = { ...headers, Vary: "Accept-Encoding, Accept-Language" };
  if (!encoding) return c.html(html, 200, vary);
  const bytes = new Uint8Array(await compressors[encoding](html));
  return c.body(bytes, 200, {
    ...vary,
    "Content-Type": "text/html; charset=UTF-8",
    "Content-Encoding": encoding,
  });
}
