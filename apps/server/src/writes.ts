import { AUDIT_WRITES } from "./audit/store.ts";
import { BUDGET_WRITES } from "./budgets/upkeep-store.ts";
import { CONVERSATION_WRITES } from "./conversations/writes.ts";
import type { WriteOperation } from "./db/database.ts";
import { ISOLATION_WRITES } from "./isolation/traces-store.ts";
import { KNOWLEDGE_WRITES } from "./knowledge/store.ts";
import { LIMIT_WRITES } from "./limits/misses-store.ts";
import { OPERATOR_WRITES } from "./operators/writes.ts";
import { PRIVACY_WRITES } from "./privacy/writes.ts";
import { TENANT_WRITES } from "./tenants/writes.ts";
import { TURN_WRITES } from "./turns/writes.ts";
import { PRICE_WRITES } from "./usage/prices-store.ts";
import { USER_WRITES } from "./users/writes.ts";

/** Every write of the server: the SQLite writer thread knows them by name. */
export const WRITES: readonly WriteOperation<never, unknown>[] = [
  ...TENANT_WRITES,
  ...CONVERSATION_WRITES,
  ...TURN_WRITES,
  ...KNOWLEDGE_WRITES,
  ...LIMIT_WRITES,
  ...OPERATOR_WRITES,
  ...AUDIT_WRITES,
  ...USER_WRITES,
  ...PRIVACY_WRITES,
  ...BUDGET_WRITES,
  ...PRICE_WRITES,
  ...ISOLATION_WRITES,
];
