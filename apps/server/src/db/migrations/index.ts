import type { Migration } from "kysely";
import { first } from "./0001-first.ts";
import { idempotency } from "./0002-idempotency.ts";
import { resumeAndStop } from "./0003-resume-and-stop.ts";
import { publishedId } from "./0004-published-id.ts";

/** Every migration by name, in order; a released one never changes. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-idempotency": idempotency,
  "0003-resume-and-stop": resumeAndStop,
  "0004-published-id": publishedId,
};
