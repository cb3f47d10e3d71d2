import type { Migration } from "kysely";
import { first } from "./0001-first.ts";

/** Every migration by name, in order; a released one never changes. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": first,
};
