import { CONVERSATION_WRITES } from "./conversations/owner-store.ts";
import type { WriteOperation } from "./db/database.ts";
import { KNOWLEDGE_WRITES } from "./knowledge/store.ts";
import { LIMIT_WRITES } from "./limits/misses-store.ts";
import { TENANT_WRITES } from "./tenants/writes.ts";
import { TURN_WRITES } from "./turns/writes.ts";

/** Every write of the server: the SQLite writer thread knows them by name. */
export const WRITES: readonly WriteOperation<never, unknown>[] = [
  ...TENANT_WRITES,
  ...CONVERSATION_WRITES,
  ...TURN_WRITES,
  ...KNOWLEDGE_WRITES,
  ...LIMIT_WRITES,
];
