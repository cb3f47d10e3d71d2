import * as z from "zod";
import type { Connection } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";

/** The one setting that matters here, however the others look in this version. */
const settingsSchema = z.object({ retention_days: z.int().positive().nullish() });

/** The tenants that do not keep conversations for ever. */
export async function readRetentions(
  reader: Connection,
): Promise<readonly { readonly tenantId: string; readonly days: number }[]> {
  const rows = await reader.query(
    EVERY_TENANT,
    reader.builder.selectFrom("tenants").select(["tenant_id", "settings"]).orderBy("tenant_id"),
  );
  return rows.flatMap(({ tenant_id, settings }) => {
    const days = settingsSchema.parse(JSON.parse(settings)).retention_days;
    return days ? [{ tenantId: tenant_id, days }] : [];
  });
}
