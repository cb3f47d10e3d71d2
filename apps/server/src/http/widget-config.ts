import type { WidgetConfig } from "@orcha/contract";
import type { Tenant } from "../tenants/settings.ts";

/** What the widget shows of its tenant; the page's own options go before the name. */
export function widgetConfig({ settings }: Tenant): WidgetConfig {
  return {
    name: settings.name,
    identity: settings.identity.mode,
    accent: settings.theme.accent,
  };
}
