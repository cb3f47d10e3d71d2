import { API_PATH } from "./headers.ts";
import {
  keyPageSchema,
  keyRequestSchema,
  keySchema,
  newKeySchema,
  SECRET_KINDS,
  secretDeletionSchema,
  secretListSchema,
  secretRequestSchema,
  secretSchema,
} from "./keys.ts";
import { idParameter, type Json, schemaOf } from "./openapi-parts.ts";
import { pageParameters, staffOperation } from "./openapi-staff.ts";
import {
  newTenantSchema,
  tenantChangeSchema,
  tenantDeletionSchema,
  tenantErasureSchema,
  tenantPageSchema,
  tenantSchema,
} from "./tenants.ts";

/** The registry of tenants, their secret keys, and what they entrust to the server. */
export function tenantPaths(): Json {
  return { ...registryPaths(), ...keyPaths(), ...secretPaths() };
}

export function tenantSchemas(): Json {
  return {
    Tenant: schemaOf(tenantSchema, "output"),
    TenantPage: schemaOf(tenantPageSchema, "output"),
    NewTenant: schemaOf(newTenantSchema, "input"),
    TenantChange: schemaOf(tenantChangeSchema, "input"),
    TenantDeletion: schemaOf(tenantDeletionSchema, "input"),
    TenantErasure: schemaOf(tenantErasureSchema, "output"),
    Key: schemaOf(keySchema, "output"),
    KeyPage: schemaOf(keyPageSchema, "output"),
    KeyRequest: schemaOf(keyRequestSchema, "input"),
    NewKey: schemaOf(newKeySchema, "output"),
    Secret: schemaOf(secretSchema, "output"),
    SecretList: schemaOf(secretListSchema, "output"),
    SecretRequest: schemaOf(secretRequestSchema, "input"),
    SecretDeletion: schemaOf(secretDeletionSchema, "output"),
  };
}

function registryPaths(): Json {
  const path = `${API_PATH}/admin/tenants`;
  return {
    [path]: {
      get: withParameters(
        staffOperation("tenants", "Every registered tenant", { answer: "TenantPage" }),
        pageParameters(),
      ),
      post: withParameters(
        staffOperation("createTenant", "Register a tenant", {
          body: "NewTenant",
          answer: "Tenant",
          status: 201,
          failures: ["unsupported_media_type"],
        }),
        [],
      ),
    },
    [`${path}/{tenant}`]: {
      get: withParameters(staffOperation("tenant", "A tenant's settings", { answer: "Tenant" }), [
        pathParameter("tenant", "The tenant's id."),
      ]),
      patch: withParameters(
        staffOperation("changeTenant", "Change some of a tenant's settings", {
          body: "TenantChange",
          answer: "Tenant",
          failures: ["unsupported_media_type"],
        }),
        [pathParameter("tenant", "The tenant's id.")],
      ),
      delete: withParameters(
        staffOperation("deleteTenant", "Erase a tenant with everything that is its own", {
          body: "TenantDeletion",
          answer: "TenantErasure",
          failures: ["unsupported_media_type"],
        }),
        [pathParameter("tenant", "The tenant's id.")],
      ),
    },
  };
}

function keyPaths(): Json {
  const path = `${API_PATH}/admin/keys`;
  return {
    [path]: {
      get: staffOperation("keys", "A tenant's secret keys, newest first", {
        parameters: pageParameters(),
        answer: "KeyPage",
      }),
      post: staffOperation("createKey", "Make a secret key; it is told once", {
        body: "KeyRequest",
        answer: "NewKey",
        status: 201,
        failures: ["unsupported_media_type"],
      }),
    },
    [`${path}/{id}`]: {
      delete: staffOperation("revokeKey", "End a secret key for good", {
        parameters: [idParameter()],
        answer: "Key",
        failures: ["not_found"],
      }),
    },
  };
}

function secretPaths(): Json {
  const path = `${API_PATH}/admin/secrets`;
  const parameters = [
    { ...pathParameter("kind", "What it is for."), schema: { type: "string", enum: SECRET_KINDS } },
    pathParameter("name", "The token's `kid`, or the provider."),
  ];
  return {
    [path]: {
      get: staffOperation("secrets", "Which secrets a tenant entrusted; never what they are", {
        answer: "SecretList",
      }),
    },
    [`${path}/{kind}/{name}`]: {
      put: staffOperation("setSecret", "Set a secret, in place of the one of its name", {
        parameters,
        body: "SecretRequest",
        answer: "Secret",
        failures: ["unsupported_media_type"],
      }),
      delete: staffOperation("deleteSecret", "Take a secret away", {
        parameters,
        answer: "SecretDeletion",
        failures: ["not_found"],
      }),
    },
  };
}

/** The tenant stands in the path, or the operation is about all of them. */
function withParameters(operation: Json, parameters: readonly Json[]): Json {
  return { ...operation, parameters };
}

function pathParameter(name: string, description: string): Json {
  return { name, in: "path", required: true, description, schema: { type: "string" } };
}
