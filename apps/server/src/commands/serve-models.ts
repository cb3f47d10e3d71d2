import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { createExtractiveAnswerer } from "../models/extractive.ts";
import { type ModelSpec, type ParsedModels, parseModels } from "../models/model-specs.ts";
import { createChatModel, type ModelsDeps } from "../models/registry.ts";
import { createTenantModels, type OwnKeys } from "../models/tenant-models.ts";
import type { TenantSecrets } from "../tenants/secrets/tenant-secrets.ts";
import type { TenantModels } from "../turns/ports.ts";

/** The models that answer: the installation's, and those that tenants chose or brought keys for. */
export interface ServedModels extends AsyncDisposable {
  /** Of the installation, for people. */
  readonly name: string;
  forTenants(secrets: TenantSecrets): TenantModels;
}

/** What is wrong with the models of the settings, a sentence each. */
export function problemsOfModels(config: Partial<Config>): readonly string[] {
  return parse(config, config.ORCHA_MODELS ?? [], {}).problems;
}

export function createServedModels(config: Config, log: Logger): ServedModels {
  const timeouts = {
    connectMs: config.ORCHA_MODEL_CONNECT_SECONDS * 1000,
    firstTokenMs: config.ORCHA_MODEL_FIRST_TOKEN_SECONDS * 1000,
    idleMs: config.ORCHA_MODEL_IDLE_SECONDS * 1000,
  };
  const deps: ModelsDeps = {
    extractive: createExtractiveAnswerer(),
    onFailure: ({ model, fault, midAnswer }) => {
      // A provider's words may quote the visitor's: they are told only to who asks for them.
      const [status] = /^Status \d+/.exec(fault.message) ?? [];
      log.warn({ model, kind: fault.kind, status, midAnswer }, "A model call failed");
      log.debug({ model, err: fault }, "The provider's own words");
    },
  };
  const build = (specs: readonly ModelSpec[]) => createChatModel({ models: specs, timeouts }, deps);
  const names = config.ORCHA_MODELS;
  const installation = build(parse(config, names, {}).specs);
  const owned: AsyncDisposable[] = [installation];
  return {
    name: installation.name,
    forTenants({ readModelKeys }) {
      const models = createTenantModels({
        installation,
        names,
        readOwnKeys: readModelKeys,
        parse: (wanted, own) => parse(config, wanted, own, "models"),
        build,
      });
      owned.push(models);
      return models;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(owned.map((models) => models[Symbol.asyncDispose]()));
    },
  };
}

/** A tenant's own key goes before the installation's. */
function parse(
  config: Partial<Config>,
  names: readonly string[],
  own: OwnKeys,
  setting?: string,
): ParsedModels {
  const keys = {
    openaiApiKey: own.openai ?? config.OPENAI_API_KEY?.reveal(),
    openaiBaseUrl: config.OPENAI_BASE_URL,
    anthropicApiKey: own.anthropic ?? config.ANTHROPIC_API_KEY?.reveal(),
    googleApiKey: own.google ?? config.GOOGLE_GENERATIVE_AI_API_KEY?.reveal(),
    compatibleBaseUrl: config.ORCHA_MODEL_BASE_URL,
    compatibleApiKey: config.ORCHA_MODEL_API_KEY?.reveal(),
  };
  return parseModels(names, keys, setting);
}
