import type { Tenant } from "../tenants/settings.ts";
import type { TenantModels } from "../turns/ports.ts";
import { type BudgetCheckDeps, checkBudget } from "./check-budget.ts";

export interface SettingsCheckDeps extends BudgetCheckDeps {
  readonly models: TenantModels;
}

/** What only the models or the prices can tell is wrong with a tenant's settings, as a sentence; undefined when nothing is. */
export async function checkSettings(
  deps: SettingsCheckDeps,
  tenant: Tenant,
): Promise<string | undefined> {
  const problem = await deps.models.findProblem(tenant.id, tenant.settings.models);
  return problem ?? checkBudget(deps, tenant.settings, await deps.models.modelOf(tenant));
}
