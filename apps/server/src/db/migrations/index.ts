import type { Migration } from "kysely";
import { first } from "./0001-first.ts";
import { idempotency } from "./0002-idempotency.ts";
import { resumeAndStop } from "./0003-resume-and-stop.ts";
import { publishedId } from "./0004-published-id.ts";
import { identity } from "./0005-identity.ts";
import { budgetsAndUsage } from "./0006-budgets-and-usage.ts";
import { rowLevelSecurity } from "./0007-row-level-security.ts";
import { titlesAndFeedback } from "./0008-titles-and-feedback.ts";

/** Every migration by name, in order; a released one never changes. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-idempotency": idempotency,
  "0003-resume-and-stop": resumeAndStop,
  "0004-published-id": publishedId,
  "0005-identity": identity,
  "0006-budgets-and-usage": budgetsAndUsage,
  "0007-row-level-security": rowLevelSecurity,
  "0008-titles-and-feedback": titlesAndFeedback,
};
