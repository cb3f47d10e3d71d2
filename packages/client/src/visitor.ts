import type { ConnectionOptions } from "./options.ts";
import { readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";

/**
 * Asks for a visitor secret: sent with every call, it makes the visitor's conversations readable to the visitor alone.
 * @throws OrchaClientError when none is given.
 */
export async function requestVisitor(options: ConnectionOptions = {}): Promise<string> {
  const response = await request(options, `visitor${tenantQuery(options)}`, { body: "{}" });
  const { visitor } = await readAnswer(response, options.signal);

  if (typeof visitor !== "string" || visitor === "") throw unreadable(response);
  return visitor;
}
