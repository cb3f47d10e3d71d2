import { API_PATH, type PriceList, priceChangeSchema, priceQuerySchema } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import { changePrice, listPrices, removePrice } from "../../usage/manage-prices.ts";
import type { StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

export interface PricesDeps {
  readonly database: Database;
  readonly currency: string;
}

const path = `${API_PATH}/admin/prices`;

/** What models cost: the owner's to say, and everybody's to see who may see the installation. */
export function priceRoutes({ database, currency }: PricesDeps): readonly StaffRoute[] {
  const over = "installation";
  return [
    {
      method: "GET",
      path,
      policy: { for: "staff", permission: "read", over },
      handle: async (c) => {
        const answer: PriceList = { data: await listPrices(database), currency };
        return sendJson(c, 200, answer);
      },
    },
    {
      method: "PUT",
      path,
      policy: { for: "staff", permission: "owner", over },
      handle: async (c, staff) => {
        const model = modelParameter(c);
        const amounts = parseFields(priceChangeSchema, await readJsonObject(c));
        return sendJson(c, 200, await changePrice(database, model, amounts, staff.entry));
      },
    },
    {
      method: "DELETE",
      path,
      policy: { for: "staff", permission: "owner", over },
      handle: async (c, staff) => {
        await removePrice(database, modelParameter(c), staff.entry);
        return sendJson(c, 200, {});
      },
    },
  ];
}

/** `?model=`: names hold slashes, so a path is no place for them. */
function modelParameter(c: RequestContext): string {
  return parseFields(priceQuerySchema, c.req.query()).model;
}
