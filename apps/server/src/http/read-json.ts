import { OrchaError } from "@orcha/contract";
import type { RequestContext } from "./context.ts";

const MAX_BODY_BYTES = 256 * 1024;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Reads a body that must be a JSON object.
 * @throws OrchaError `unsupported_media_type`, `payload_too_large` or `invalid_request`
 */
export async function readJsonObject(
  c: RequestContext,
): Promise<Readonly<Record<string, unknown>>> {
  // Browsers send a form across origins without asking; a JSON body makes them ask first.
  if (!JSON_TYPE.test(c.req.header("content-type") ?? "")) {
    throw new OrchaError("unsupported_media_type");
  }
  const body = parse(await readText(c));
  if (!isObject(body)) throw notJson();
  return body;
}

async function readText(c: RequestContext): Promise<string> {
  const length = c.req.header("content-length");
  if (length !== undefined) {
    if (Number(length) > MAX_BODY_BYTES) throw new OrchaError("payload_too_large");
    return c.req.text().catch(() => {
      throw notJson(); // the client left or sent less than it announced
    });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of c.env.incoming) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new OrchaError("payload_too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson(); // the parser's error quotes the body, which belongs in no log
  }
}

/** Status 400, unlike an invalid field: the bytes are no request at all. */
export class MalformedBodyError extends OrchaError {}

function notJson(): OrchaError {
  return new MalformedBodyError("invalid_request", "The body must be a JSON object.");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
