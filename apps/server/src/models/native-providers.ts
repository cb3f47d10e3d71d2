import type { LanguageModelV4 } from "@ai-sdk/provider";

export interface NativeModelOptions {
  /** As the provider calls it. */
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly connections: NativeConnections;
}

/** Loads Anthropic's wire. */
export async function loadAnthropic(options: NativeModelOptions): Promise<LanguageModelV4> {
  const { createAnthropic } = await import("@ai-sdk/anthropic");
  const provider = createAnthropic({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    fetch: await options.connections.fetch(),
  });
  return provider.languageModel(options.model);
}

/** Loads Google's wire. */
export async function loadGoogle(options: NativeModelOptions): Promise<LanguageModelV4> {
  const { createGoogle } = await import("@ai-sdk/google");
  const provider = createGoogle({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    fetch: await options.connections.fetch(),
  });
  return provider.languageModel(options.model);
}

type Fetch = typeof globalThis.fetch;

/** The connections of all native wires. */
export interface NativeConnections extends AsyncDisposable {
  fetch(): Promise<Fetch>;
}

/** Connections that are made, and whose code is loaded, when a native wire is first used. */
export function nativeConnections(connectMs: number): NativeConnections {
  let opening: ReturnType<typeof openAgent> | undefined;
  return {
    async fetch() {
      opening ??= openAgent(connectMs);
      return (await opening).fetch;
    },
    async [Symbol.asyncDispose]() {
      await (await opening)?.agent.destroy();
    },
  };
}

async function openAgent(connectMs: number) {
  const undici = await import("undici");
  // The time limits of a call are counted where its model is called.
  const agent = new undici.Agent({
    connect: { timeout: connectMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Node's own fetch takes no agent of another undici; the two declare the same standard in types of their own.
  const fetchThroughAgent = ((input: string, init: object) =>
    undici.fetch(input, { ...init, dispatcher: agent })) as unknown as Fetch;
  return { agent, fetch: fetchThroughAgent };
}
