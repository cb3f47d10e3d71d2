import type { Actor, AuditEntry } from "../../audit/store.ts";
import type { Permission } from "../../operators/permissions.ts";
import type { Tenant } from "../../tenants/settings.ts";

import type { RequestContext } from "../context.ts";
import type { Caller } from "./caller.ts";

/** A visitor's request that may be answered: its tenant, and who asks. */
export interface Admission {
  readonly tenant: Tenant;
  /** The unregistered tenant_id that it named; empty for none. */
  readonly label: string;
  readonly caller: Caller;
  /** Where it comes from, as limits count it: an IPv4 address or an IPv6 /64. */
  readonly network: string;
}

/** Admits a request for the tenant that its body names. */
export type Admit = (named: string | undefined) => Promise<Admission>;

/** An operator's or a server's request that may be answered. */
export interface StaffAdmission {
  /** Whose data it is about; "*" for the installation. */
  readonly tenantId: string;
  /** The unregistered tenant_id that it named, a label of the default tenant; empty for none. */
  readonly label: string;
  readonly actor: Actor;
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
  /** A tenant's visitors and its own servers; the handler asks for the owner of what it touches. */
  | {
      readonly for: "visitors";
      readonly tenantIn: "query";
      /** True for what is shown before anybody signs in, also where the tenant requires it. */
      readonly beforeSignIn?: boolean;
    }
  | { readonly for: "visitors"; readonly tenantIn: "body" }
  /** Operators and API keys with a permission over the tenant of `?tenant_id=`, or over the whole installation. */
  | {
      readonly for: "staff";
      readonly permission: Permission;
      readonly over: "tenant" | "installation";
    };

export interface OpenRoute extends Endpoint {
  readonly policy: Extract<Policy, { for: "everyone" }>;
  readonly handle: (c: RequestContext) => Response | Promise<Response>;
}

export interface VisitorRoute extends Endpoint {
  readonly policy: Extract<Policy, { tenantIn: "query" }>;
  readonly handle: (c: RequestContext, admission: Admission) => Promise<Response>;
}

export interface BodyRoute extends Endpoint {
  readonly policy: Extract<Policy, { tenantIn: "body" }>;
  readonly handle: (c: RequestContext, admit: Admit) => Promise<Response>;
}

export interface StaffRoute extends Endpoint {
  readonly policy: Extract<Policy, { for: "staff" }>;
  readonly handle: (c: RequestContext, staff: StaffAdmission) => Promise<Response>;
}

/** A route, its policy, and what answers once the policy has let a request in. */
export type Route = OpenRoute | VisitorRoute | BodyRoute | StaffRoute;

/** A page or a file that everybody may have. */
export function openRoute(path: string, handle: OpenRoute["handle"]): OpenRoute {
  return { method: "GET", path, policy: { for: "everyone" }, handle };
}
