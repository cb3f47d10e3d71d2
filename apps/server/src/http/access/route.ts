import type { AuditEntry } from "../../audit/store.ts";
import type { Permission } from "../../operators/permissions.ts";
import type { Tenant } from "../../tenants/settings.ts";
import type { Caller } from "../caller.ts";
import type { RequestContext } from "../context.ts";

/** A visitor's request that may be answered: its tenant, and who asks. */
export interface Admission {
  readonly tenant: Tenant;
  /** The unregistered tenant_id that it named; empty for none. */
  readonly label: string;
  readonly caller: Caller;
}

/** An operator's or a server's request that may be answered. */
export interface StaffAdmission {
  /** Whose data it is about; "*" for the installation. */
  readonly tenantId: string;
  /** Whether who asks may also do this elsewhere. */
  may(permission: Permission, tenantId: string): boolean;
  /** What the audit log will say about a change of this tenant, or of another that the request is about. */
  entry(
    action: string,
    target: string,
    detail?: Readonly<Record<string, unknown>>,
    tenantId?: string,
  ): AuditEntry;
}

interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
}

/** Who may call a route. There is no route without one of these. */
export type Policy =
  /** Nothing of a tenant's is behind it. */
  | { readonly for: "everyone" }
  /** A tenant's visitors, its own servers, and nobody else; the handler asks for the owner where there is one. */
  | { readonly for: "visitors" }
  /** Operators and API keys with a permission over the tenant of `?tenant_id=`, or over the whole installation. */
  | {
      readonly for: "staff";
      readonly permission: Permission;
      readonly over: "tenant" | "installation";
    };

/** A route, its policy, and what answers once the policy has let a request in. */
export type Route = Endpoint &
  (
    | {
        readonly policy: Extract<Policy, { for: "everyone" }>;
        readonly handle: (c: RequestContext) => Response | Promise<Response>;
      }
    | {
        readonly policy: Extract<Policy, { for: "visitors" }>;
        readonly handle: (c: RequestContext, admission: Admission) => Promise<Response>;
      }
    | {
        readonly policy: Extract<Policy, { for: "staff" }>;
        readonly handle: (c: RequestContext, staff: StaffAdmission) => Promise<Response>;
      }
  );
