import type { TenantSettings } from "@orcha/contract";

/** A registered tenant; its settings are the wire's, as stored. */
export interface Tenant {
  readonly id: string;
  readonly settings: TenantSettings;
}
