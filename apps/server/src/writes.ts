import { CONVERSATION_WRITES } from "./conversations/store.ts";
import type { WriteOperation } from "./db/database.ts";
import { KNOWLEDGE_WRITES } from "./knowledge/store.ts";
import { TENANT_WRITES } from "./tenants/store.ts";
import { TURN_WRITES } from "./turns/writes.ts";

/** Every write of the server: the SQLite writer thread knows them by name. */
export const WRITES: readonly WriteOperation<never, unknown>[] = [
  ...TENANT_WRITES,
  ...CONVERSATION_WRITES,
  ...TURN_WRITES,
  ...KNOWLEDGE_WRITES,
];
