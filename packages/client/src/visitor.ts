import type { ConnectionOptions } from "./options.ts";
import { readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";

/**
 * Asks for a visitor secret: sent with every call, it makes the visitor's conversations readable to the visitor alone.
 * @throws OrchaClientError when none is given.
 */
export function requestVisitor(options: ConnectionOptions = {}): Promise<string> {
  return ask(options, "visitor");
}

/**
 * Asks for a new visitor secret in place of the one this browser has, cookie included: for whoever comes after a visitor who
 * signed out.
 * @throws OrchaClientError when none is given.
 */
export function resetVisitor(options: ConnectionOptions = {}): Promise<string> {
  return ask(options, "visitor/reset");
}

async function ask(options: ConnectionOptions, path: string): Promise<string> {
  const response = await request(options, path + tenantQuery(options), { body: "{}" });
  const { visitor } = await readAnswer(response, options.signal);

  if (typeof visitor !== "string" || visitor === "") throw unreadable(response);
  return visitor;
}
