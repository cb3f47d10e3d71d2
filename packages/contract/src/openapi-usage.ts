import { API_PATH } from "./headers.ts";
import { type Json, schemaOf } from "./openapi-parts.ts";
import { staffOperation } from "./openapi-staff.ts";
import {
  modelPriceSchema,
  priceChangeSchema,
  priceListSchema,
  USAGE_GROUPS,
  usageReportSchema,
  userUsageSchema,
} from "./usage.ts";

/** What was used, and what models cost. */
export function usagePaths(): Json {
  return {
    [`${API_PATH}/usage`]: {
      get: staffOperation("usage", "What a tenant has used, exact to the last turn", {
        parameters: [...dayParameters(), groupParameter()],
        answer: "UsageReport",
      }),
    },
    [`${API_PATH}/tokens/usage/{user_id}`]: {
      get: staffOperation("userUsage", "What a user has used, day by day", {
        parameters: [userParameter(), ...dayParameters()],
        answer: "UserUsage",
        failures: ["user_not_found"],
      }),
    },
    [`${API_PATH}/admin/prices`]: {
      get: withoutTenant(staffOperation("prices", "What models cost", { answer: "PriceList" }), []),
      put: withoutTenant(
        staffOperation("setPrice", "Price a model from now on", {
          body: "PriceChange",
          answer: "ModelPrice",
          failures: ["unsupported_media_type"],
        }),
        [modelParameter()],
      ),
      delete: withoutTenant(
        staffOperation("deletePrice", "Take a model's price away", {
          failures: ["not_found"],
        }),
        [modelParameter()],
      ),
    },
  };
}

export function usageSchemas(): Json {
  return {
    UsageReport: schemaOf(usageReportSchema, "output"),
    UserUsage: schemaOf(userUsageSchema, "output"),
    PriceList: schemaOf(priceListSchema, "output"),
    ModelPrice: schemaOf(modelPriceSchema, "output"),
    PriceChange: schemaOf(priceChangeSchema, "input"),
  };
}

/** Prices are the installation's. */
function withoutTenant(operation: Json, parameters: readonly Json[]): Json {
  return { ...operation, parameters };
}

function dayParameters(): Json[] {
  const parameter = (name: string, description: string) => ({
    name,
    in: "query",
    description,
    schema: { type: "string", format: "date" },
  });
  return [
    parameter("from", "The first UTC day; absent is 30 days up to the last."),
    parameter("to", "The last UTC day; absent is today."),
  ];
}

function groupParameter(): Json {
  return {
    name: "group_by",
    in: "query",
    description: `Separated by commas, of: ${USAGE_GROUPS.join(", ")}. Absent gives the totals alone.`,
    schema: { type: "string" },
  };
}

function userParameter(): Json {
  return { name: "user_id", in: "path", required: true, schema: { type: "integer" } };
}

function modelParameter(): Json {
  return {
    name: "model",
    in: "query",
    required: true,
    description: "As provider/model.",
    schema: { type: "string", minLength: 1, maxLength: 200 },
  };
}
