import type { ChatModel } from "../turns/ports.ts";
import { aiSdkModel } from "./ai-sdk.ts";
import type { ModelSpec } from "./model-specs.ts";
import {
  loadAnthropic,
  loadGoogle,
  type NativeConnections,
  nativeConnections,
} from "./native-providers.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { type ResilienceDeps, type ResilienceOptions, resilientModel } from "./resilient.ts";

/** The models of an installation, in the order they are tried, and how long each call may take. */
export interface ModelsConfig {
  /** Empty: the extractive answerer alone. */
  readonly models: readonly ModelSpec[];
  readonly timeouts: {
    readonly connectMs: number;
    readonly firstTokenMs: number;
    readonly idleMs: number;
  };
  readonly breaker?: ResilienceOptions["breaker"];
}

export interface ModelsDeps extends ResilienceDeps {
  readonly extractive: ChatModel;
}

/** The chat model that the configuration asks for. Disposing of it closes its connections and what runs on them. */
export function createChatModel(
  config: ModelsConfig,
  deps: ModelsDeps,
): ChatModel & AsyncDisposable {
  const { connectMs, firstTokenMs, idleMs } = config.timeouts;
  const connections = nativeConnections(connectMs);
  const disposables: AsyncDisposable[] = [connections];

  const build = (spec: ModelSpec): ChatModel => {
    if (spec.provider === "extractive") return deps.extractive;
    if (spec.provider === "anthropic" || spec.provider === "google")
      return native(spec, connections);
    const model = openAiCompatible({ ...spec, name: nameOf(spec), connectMs });
    disposables.push(model);
    return model;
  };
  const [first, ...others] = config.models.map(build);
  const model =
    first === undefined
      ? deps.extractive
      : resilientModel([first, ...others], { firstTokenMs, idleMs, breaker: config.breaker }, deps);

  return {
    name: model.name,
    alwaysRetrieves: model.alwaysRetrieves,
    models: model.models,
    maxCalls: model.maxCalls,
    stream: (request, signal) => model.stream(request, signal),
    async [Symbol.asyncDispose]() {
      await Promise.all(disposables.map((disposable) => disposable[Symbol.asyncDispose]()));
    },
  };
}

type RemoteSpec = Exclude<ModelSpec, { provider: "extractive" }>;

function native(spec: RemoteSpec, connections: NativeConnections): ChatModel {
  const load = spec.provider === "anthropic" ? loadAnthropic : loadGoogle;
  const { model, baseUrl, apiKey = "" } = spec;
  return aiSdkModel(nameOf(spec), () => load({ model, baseUrl, apiKey, connections }));
}

function nameOf(spec: RemoteSpec): string {
  return `${spec.provider}/${spec.model}`;
}
