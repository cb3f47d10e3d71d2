import { createHash } from "node:crypto";
import { OrchaError } from "@orcha/contract";
import type { Tenant } from "../tenants/settings.ts";
import type { ChatModel, TenantModels } from "../turns/ports.ts";
import type { ModelSpec, ParsedModels } from "./model-specs.ts";

/** A chain that nobody has asked for so long is closed. */
const IDLE_MS = 600_000;

/** Keys of a tenant's own, by provider. */
export type OwnKeys = Readonly<Partial<Record<"openai" | "anthropic" | "google", string>>>;

export interface TenantModelsDeps {
  /** What answers where a tenant has chosen no models and brought no keys. */
  readonly installation: ChatModel;
  /** The installation's chain, as provider/model. */
  readonly names: readonly string[];
  readonly readOwnKeys: (tenantId: string) => Promise<OwnKeys>;
  /** Completes a chain with the tenant's keys, and with the installation's where it has none. */
  readonly parse: (names: readonly string[], own: OwnKeys) => ParsedModels;
  readonly build: (specs: readonly ModelSpec[]) => ChatModel & AsyncDisposable;
}

interface Built {
  readonly model: ChatModel & AsyncDisposable;
  running: number;
  usedAt: number;
}

/** The models of every tenant: the installation's own, or a chain for those who chose or brought something else. */
export function createTenantModels(deps: TenantModelsDeps): TenantModels & AsyncDisposable {
  const chains = new Map<string, Built>();

  return {
    async modelOf({ id, settings }: Tenant) {
      const own = await deps.readOwnKeys(id);
      const isOwn = settings.models.length > 0 || Object.keys(own).length > 0;
      if (!isOwn) return deps.installation;
      const names = settings.models.length > 0 ? settings.models : deps.names;
      return chainOf(names, own);
    },
    async findProblem(tenantId, names) {
      const [problem] = deps.parse(names, await deps.readOwnKeys(tenantId)).problems;
      return problem;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...chains.values()].map(({ model }) => model[Symbol.asyncDispose]()));
    },
  };

  function chainOf(names: readonly string[], own: OwnKeys): ChatModel {
    // A key must not lie about in memory as the name of something.
    const name = createHash("sha256")
      .update(JSON.stringify([names, own]))
      .digest("base64url");
    const known = chains.get(name);
    if (known) return used(known);
    closeIdle();
    const { specs } = deps.parse(names, own);
    if (specs.length === 0 && names.length > 0) throw new OrchaError("model_unavailable");
    const built = { model: deps.build(specs), running: 0, usedAt: performance.now() };
    chains.set(name, built);
    return used(built);
  }

  function closeIdle(): void {
    for (const [name, { model, running, usedAt }] of chains) {
      if (running > 0 || performance.now() - usedAt < IDLE_MS) continue;
      chains.delete(name);
      void model[Symbol.asyncDispose]();
    }
  }
}

/** The model of a chain, which is not closed while it answers. */
function used(built: Built): ChatModel {
  const { model } = built;
  built.usedAt = performance.now();
  return {
    name: model.name,
    alwaysRetrieves: model.alwaysRetrieves,
    models: model.models,
    maxCalls: model.maxCalls,
    async *stream(request, signal) {
      built.running += 1;
      try {
        yield* model.stream(request, signal);
      } finally {
        built.running -= 1;
        built.usedAt = performance.now();
      }
    },
  };
}
