import type { WriteOperation } from "./db/database.ts";

/** Every write of the server: the SQLite writer thread knows them by name. */
export const WRITES: readonly WriteOperation<never, unknown>[] = [];
