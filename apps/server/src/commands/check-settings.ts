import { pino } from "pino";
import { checkSettings } from "../budgets/check-settings.ts";
import { openSealer } from "../tenants/secrets/open-sealer.ts";
import { createTenantSecrets } from "../tenants/secrets/tenant-secrets.ts";
import { createPrices } from "../usage/prices.ts";
import { createServedModels } from "./serve-models.ts";
import type { SettingsCheck } from "./tenant.ts";

/** Checks settings as the server would, with the installation's models and prices. */
export const checkWithInstallation: SettingsCheck =
  ({ config, database }) =>
  async (tenant) => {
    await using models = createServedModels(config, pino({ level: "silent" }));
    const secrets = createTenantSecrets({ database, sealer: openSealer(config) });
    const limits = {
      historyTokens: config.ORCHA_MAX_HISTORY_TOKENS,
      answerTokens: config.ORCHA_MAX_ANSWER_TOKENS,
    };
    const deps = { models: models.forTenants(secrets), prices: createPrices({ database }), limits };
    return await checkSettings(deps, tenant);
  };
