import { API_PATH } from "@orcha/contract";
import type { VisitorRoute } from "../access/route.ts";
import { sendJson } from "../send.ts";
import { widgetConfig } from "../widget-config.ts";

/** What a widget shows of its tenant, for those that do not live in our frame, which brings it along. */
export function widgetConfigRoutes(): readonly VisitorRoute[] {
  return [
    {
      method: "GET",
      path: `${API_PATH}/widget/config`,
      policy: { for: "visitors", tenantIn: "query", beforeSignIn: true },
      handle: async (c, { tenant }) => sendJson(c, 200, widgetConfig(tenant)),
    },
  ];
}
