import { OrchaError } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import type { Tenant } from "./settings.ts";
import { addLabel, findTenant, labelExists } from "./store.ts";

/** A change of a tenant binds within this time. */
const CACHE_MS = 1000;
const MAX_CACHED = 10_000;

/** The tenant of a request, and the label when the request named something that nobody registered. */
export interface ResolvedTenant {
  readonly tenant: Tenant;
  /** Empty for none. */
  readonly label: string;
}

export interface TenantResolverOptions {
  readonly database: Database;
  readonly defaultTenantId: string;
  readonly unknownTenants: "label" | "refuse";
}

export type TenantResolver = (named: string | undefined) => Promise<ResolvedTenant>;

/** Makes the function that turns a request's tenant_id into a tenant; it keeps what it read for a second. */
export function createTenantResolver(options: TenantResolverOptions): TenantResolver {
  const { database, defaultTenantId } = options;
  const cache = new Map<string, { readonly until: number; readonly resolved: ResolvedTenant }>();

  return async (named = defaultTenantId) => {
    const known = cache.get(named);
    if (known && known.until > performance.now()) return known.resolved;
    const resolved = await resolve(named);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(named, { until: performance.now() + CACHE_MS, resolved });
    return resolved;
  };

  async function resolve(named: string): Promise<ResolvedTenant> {
    const tenant = await findTenant(database.reader, named);
    if (tenant) return { tenant, label: "" };
    const fallback = await findTenant(database.reader, defaultTenantId);
    if (!fallback || options.unknownTenants === "refuse") throw new OrchaError("tenant_not_found");
    return { tenant: fallback, label: named };
  }
}

export interface LabelRecorderOptions {
  readonly database: Database;
  readonly defaultTenantId: string;
  readonly now: () => number;
}

export type LabelRecorder = (label: string) => Promise<void>;

/**
 * Makes the function that puts a label on the list by which the operator filters. A day brings at most 1,000 new ones;
 * conversations under a further one are kept apart all the same, but stand on no list.
 */
export function createLabelRecorder(options: LabelRecorderOptions): LabelRecorder {
  const { database, defaultTenantId: tenantId, now } = options;
  const known = new Set<string>();

  return async (label) => {
    if (label === "" || known.has(label)) return;
    const listed =
      (await labelExists(database.reader, tenantId, label)) ||
      (await database.write(addLabel, { tenantId, label, now: now() }));
    if (listed && known.size < MAX_CACHED) known.add(label);
  };
}
