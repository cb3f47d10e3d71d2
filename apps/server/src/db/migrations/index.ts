import type { Migration } from "kysely";
import { first } from "./0001-first.ts";
import { idempotency } from "./0002-idempotency.ts";

/** Every migration by name, in order; a released one never changes. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-idempotency": idempotency,
};
