import { OrchaClientError } from "./error.ts";
import type { ConnectionOptions } from "./options.ts";
import { readAnswer } from "./read-answer.ts";
import { request } from "./request.ts";

/**
 * Asks for a visitor secret: sent with every call, it makes the visitor's conversations readable to the visitor alone.
 * @throws OrchaClientError when none is given.
 */
export async function requestVisitor(options: ConnectionOptions = {}): Promise<string> {
  const tenant = options.tenantId ? `?tenant_id=${encodeURIComponent(options.tenantId)}` : "";
  const response = await request(options, `visitor${tenant}`, { json: {} });
  const { visitor } = await readAnswer(response, options.signal);

  if (typeof visitor !== "string" || visitor === "") {
    throw new OrchaClientError("internal", "The server's answer could not be read.");
  }
  return visitor;
}
