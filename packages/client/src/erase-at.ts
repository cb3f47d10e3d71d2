import type { ErasureReceipt } from "@orcha/contract";
import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";

/** Erases what is at the path, once: asked again after a lost answer, the server would tell that nothing is there. */
export async function eraseAt(options: ConnectionOptions, path: string): Promise<ErasureReceipt> {
  const response = await request(options, path + tenantQuery(options), { method: "DELETE" });
  return receiptOf(await readAnswer(response, options.signal), response);
}

// The members are vouched for by the server's own schema; only that it is a receipt is looked at.
function receiptOf(body: JsonObject, response: Response): ErasureReceipt {
  if (typeof body.erased_at !== "string") throw unreadable(response);
  return body as unknown as ErasureReceipt;
}
