import { OrchaError } from "@orcha/contract";
import type { StaffAdmission } from "./access/route.ts";

/**
 * The tenant of a request that is about one.
 * @throws OrchaError `invalid_request` for one that is about the whole installation
 */
export function oneTenant({ tenantId }: StaffAdmission): string {
  if (tenantId === "*") throw new OrchaError("invalid_request", "tenant_id must name one tenant.");
  return tenantId;
}

/** The label that a request is confined to; undefined for the tenant with all its labels. */
export function labelOf({ label }: StaffAdmission): string | undefined {
  return label === "" ? undefined : label;
}
