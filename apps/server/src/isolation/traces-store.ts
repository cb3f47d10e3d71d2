import { defineSteps, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";

type Traces = { tenantId: string; label: string };

const deleteConversations = statement<Traces>()((db, p) =>
  db
    .deleteFrom("conversations")
    .where("tenant_id", "=", p("tenantId"))
    .where("label", "=", p("label")),
);
const deleteUsage = statement<Traces>()((db, p) =>
  db
    .deleteFrom("usage_daily")
    .where("tenant_id", "=", p("tenantId"))
    .where("label", "=", p("label")),
);
const deleteLabel = statement<Traces>()((db, p) =>
  db
    .deleteFrom("tenant_labels")
    .where("tenant_id", "=", p("tenantId"))
    .where("label", "=", p("label")),
);

/** Takes away all that stands under a label of the test's own: conversations, usage, and the label. */
export const eraseLabel = defineSteps("isolation.erase-label", (input: Traces) => [
  step(deleteConversations, input),
  step(deleteUsage, input),
  step(deleteLabel, input),
]);

export const ISOLATION_WRITES = [eraseLabel];
