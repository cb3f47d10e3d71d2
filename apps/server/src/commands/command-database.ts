import type { AuditEntry } from "../audit/store.ts";
import { type Config, loadConfig } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import type { Installation } from "../installation.ts";
import { openDatabase } from "../open-database.ts";
import { setUpDatabase } from "../tenants/set-up.ts";

/** What a command works with. */
export interface CommandContext {
  readonly config: Config;
  readonly database: Database;
  /** What the audit log will say about a change. */
  entryOf(
    action: string,
    target: string,
    detail?: Readonly<Record<string, unknown>>,
    tenantId?: string,
  ): AuditEntry;
}

/**
 * Runs a command's work on the storage that the configuration names, made ready as the server makes it.
 *
 * @param tenantId what the work is about; the default tenant when undefined
 */
export async function withDatabase(
  installation: Installation,
  tenantId: string | undefined,
  work: (context: CommandContext, tenantId: string) => Promise<void>,
): Promise<void> {
  const config = loadConfig(installation.env);
  const about = tenantId ?? config.DEFAULT_WIDGET_TENANT_ID;
  await using database = await openDatabase(config, installation.writerScript);
  await setUpDatabase(database, {
    tenantId: config.DEFAULT_WIDGET_TENANT_ID,
    userId: config.DEFAULT_WIDGET_USER_ID,
    now: Date.now(),
  });
  const entryOf: CommandContext["entryOf"] = (action, target, detail = {}, of = about) => ({
    tenantId: of,
    actor: { kind: "command", id: "", name: "orcha" },
    action,
    target,
    detail,
    address: "",
    now: Date.now(),
  });
  await work({ config, database, entryOf }, about);
}

/** Prints rows in columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}
