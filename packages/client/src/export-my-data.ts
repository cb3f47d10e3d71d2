import type { ConnectionOptions } from "./options.ts";
import { answerOf, readText, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";

/**
 * Everything that is kept about the visitor, as the text of a JSON file to save.
 * @throws OrchaClientError when it does not arrive whole.
 */
export async function exportMyData(options: ConnectionOptions = {}): Promise<string> {
  const response = await request(options, `me${tenantQuery(options)}`);
  const text = await readText(response, options.signal);
  if (!Array.isArray(answerOf(response, text).conversations)) throw unreadable(response);
  return text;
}
