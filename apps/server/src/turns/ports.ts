import type { Context, FinishReason } from "@orcha/contract";
import type { Tenant } from "../tenants/settings.ts";

/** One message of the prompt, oldest first. */
export interface PromptMessage {
  readonly role: "visitor" | "assistant";
  readonly text: string;
}

/** What a chat model is asked. */
export interface ChatModelRequest {
  /** Instructions, with the retrieved passages fenced in them as data. */
  readonly system: string;
  /** The fitted history, then the visitor's new message as the last one. */
  readonly messages: readonly PromptMessage[];
  /** The retrieved passages themselves, in the order of their citation numbers from 1; undefined when retrieval did not run. */
  readonly contexts: readonly Context[] | undefined;
  /** True when the tenant has no document at all. */
  readonly corpusIsEmpty: boolean;
  readonly maxOutputTokens: number;
}

/** A stream is any number of texts, then exactly one finish. A text may hold several tokens that arrived together. */
export type ModelPart =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "finish";
      readonly finishReason: Extract<FinishReason, "stop" | "length" | "content_filter">;
      /** As the provider counted; undefined when it did not say. */
      readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
      /** Name of the model that answered, as `provider/model`. */
      readonly model: string;
    };

/** Something that answers: a language model behind a provider's wire, a fallback chain of them, or the extractive answerer. */
export interface ChatModel {
  readonly name: string;
  /** True for an answerer that has nothing to say without passages. */
  readonly alwaysRetrieves: boolean;
  /** The names under which it may answer, as `provider/model`. @default its own name */
  readonly models?: readonly string[] | undefined;
  /** How many calls of a provider one answer may take, retries and fallbacks together. @default 1 */
  readonly maxCalls?: number | undefined;
  /**
   * Streams one answer. Aborting the signal closes the provider's socket.
   * @throws OrchaError `model_unavailable`, `model_timeout` or `answer_blocked`; the provider's words are in its cause only.
   */
  stream(request: ChatModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}

/** Who answers for which tenant. */
export interface TenantModels {
  /** @throws OrchaError `model_unavailable` when none of the tenant's models can be called */
  modelOf(tenant: Tenant): Promise<ChatModel>;
  /** What is wrong with models that a tenant wants, as a sentence; undefined when nothing is. */
  findProblem(tenantId: string, names: readonly string[]): Promise<string | undefined>;
}

/** What retrieval found for one question. */
export interface Retrieval {
  /** Best first; possibly empty. */
  readonly contexts: readonly Context[];
  readonly corpusIsEmpty: boolean;
}

/** Finds passages of one tenant's documents. */
export interface Retriever {
  /**
   * @param question the visitor's new message
   * @param history the messages before it, oldest first; a follow-up ("and in Safari?") is completed from them
   */
  retrieve(
    tenantId: string,
    question: string,
    history: readonly PromptMessage[],
  ): Promise<Retrieval>;
}
