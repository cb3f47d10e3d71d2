import type { ErasureReceipt } from "@orcha/contract";
import { eraseAt } from "./erase-at.ts";
import type { ConnectionOptions } from "./options.ts";

/**
 * Erases everything that is kept about the visitor, and tells how much that was. It is never repeated by itself.
 * @throws OrchaClientError when that is not known to have happened.
 */
export function eraseMyData(options: ConnectionOptions = {}): Promise<ErasureReceipt> {
  return eraseAt(options, "me");
}
