/** The wires that can be configured. */
export type ModelProvider = "openai" | "anthropic" | "google" | "openai-compatible";

/** One entry of the chain, complete: everything needed to call it. */
export type ModelSpec =
  | { readonly provider: "extractive" }
  | {
      readonly provider: ModelProvider;
      /** As the provider calls it; it may hold slashes and colons. */
      readonly model: string;
      readonly baseUrl: string;
      /** Undefined only for an OpenAI-compatible server that wants none. */
      readonly apiKey: string | undefined;
    };

/** The providers' settings, as the environment gives them. */
export interface ModelKeys {
  readonly openaiApiKey?: string | undefined;
  readonly openaiBaseUrl?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  readonly googleApiKey?: string | undefined;
  /** Of the server that `openai-compatible/…` models are on. */
  readonly compatibleBaseUrl?: string | undefined;
  readonly compatibleApiKey?: string | undefined;
}

export interface ParsedModels {
  readonly specs: readonly ModelSpec[];
  /** One clear sentence each, naming the variable that mends it; the specs are complete when there is none. */
  readonly problems: readonly string[];
}

interface ProviderRule {
  readonly baseUrl: (keys: ModelKeys) => string | undefined;
  readonly baseUrlVariable: string;
  readonly apiKey: (keys: ModelKeys) => string | undefined;
  readonly apiKeyVariable: string;
  readonly apiKeyIsOptional: boolean;
}

const PROVIDERS: Readonly<Record<ModelProvider, ProviderRule>> = {
  openai: {
    baseUrl: (keys) => keys.openaiBaseUrl ?? "https://api.openai.com/v1",
    baseUrlVariable: "OPENAI_BASE_URL",
    apiKey: (keys) => keys.openaiApiKey,
    apiKeyVariable: "OPENAI_API_KEY",
    apiKeyIsOptional: false,
  },
  anthropic: {
    baseUrl: () => "https://api.anthropic.com/v1",
    baseUrlVariable: "",
    apiKey: (keys) => keys.anthropicApiKey,
    apiKeyVariable: "ANTHROPIC_API_KEY",
    apiKeyIsOptional: false,
  },
  google: {
    baseUrl: () => "https://generativelanguage.googleapis.com/v1beta",
    baseUrlVariable: "",
    apiKey: (keys) => keys.googleApiKey,
    apiKeyVariable: "GOOGLE_GENERATIVE_AI_API_KEY",
    apiKeyIsOptional: false,
  },
  "openai-compatible": {
    baseUrl: (keys) => keys.compatibleBaseUrl,
    baseUrlVariable: "ORCHA_MODEL_BASE_URL",
    apiKey: (keys) => keys.compatibleApiKey,
    apiKeyVariable: "ORCHA_MODEL_API_KEY",
    apiKeyIsOptional: true,
  },
};

/**
 * Completes entries (`provider/model` or `extractive`) and names every problem at once.
 *
 * @param setting where they stand, for people
 */
export function parseModels(
  entries: readonly string[],
  keys: ModelKeys,
  setting = "ORCHA_MODELS",
): ParsedModels {
  const specs: ModelSpec[] = [];
  const problems = new Set<string>();
  for (const entry of entries) {
    if (entry === "extractive") {
      specs.push({ provider: "extractive" });
      continue;
    }
    const slash = entry.indexOf("/");
    const provider = entry.slice(0, Math.max(slash, 0));
    const model = entry.slice(slash + 1);
    if (!isProvider(provider) || model === "") {
      problems.add(
        `${setting} names "${entry}", which is none of ${Object.keys(PROVIDERS)
          .map((name) => `${name}/<model>`)
          .join(", ")} or extractive.`,
      );
      continue;
    }
    const { baseUrl, apiKey, missing } = completeProvider(provider, keys, setting);
    for (const problem of missing) problems.add(problem);
    if (baseUrl !== undefined) specs.push({ provider, model, baseUrl, apiKey });
  }
  return { specs, problems: [...problems] };
}

function completeProvider(provider: ModelProvider, keys: ModelKeys, setting: string) {
  const rule = PROVIDERS[provider];
  const baseUrl = rule.baseUrl(keys);
  const apiKey = rule.apiKey(keys);
  const missing: string[] = [];
  if (baseUrl === undefined) {
    missing.push(`${setting} uses ${provider}/…, which needs ${rule.baseUrlVariable}.`);
  } else if (!isHttpUrl(baseUrl)) {
    missing.push(`${rule.baseUrlVariable} must be an http or https address, up to and with /v1.`);
  }
  if (apiKey === undefined && !rule.apiKeyIsOptional) {
    missing.push(`${setting} uses ${provider}/…, which needs ${rule.apiKeyVariable}.`);
  }
  return { baseUrl, apiKey, missing };
}

function isProvider(name: string): name is ModelProvider {
  return Object.hasOwn(PROVIDERS, name);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
