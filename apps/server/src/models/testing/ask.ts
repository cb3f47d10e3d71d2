import type { ChatModel, ChatModelRequest, ModelPart } from "../../turns/ports.ts";

/** What came out of one call, also when it failed in the middle. */
export interface Asked {
  /** The texts as they came. */
  readonly texts: readonly string[];
  readonly text: string;
  readonly finish: Extract<ModelPart, { type: "finish" }> | undefined;
  readonly error: unknown;
  readonly elapsedMs: number;
}

/** A request as a turn makes it. */
export function modelRequest(changes: Partial<ChatModelRequest> = {}): ChatModelRequest {
  return {
    system: "Be brief.",
    messages: [{ role: "visitor", text: "How are you?" }],
    contexts: undefined,
    corpusIsEmpty: false,
    maxOutputTokens: 64,
    ...changes,
  };
}

/** Reads a model's whole answer; a failure is returned, not thrown. */
export async function ask(
  model: ChatModel,
  request: ChatModelRequest = modelRequest(),
  signal: AbortSignal = new AbortController().signal,
): Promise<Asked> {
  const startedAt = performance.now();
  const texts: string[] = [];
  let finish: Asked["finish"];
  let error: unknown;
  try {
    for await (const part of model.stream(request, signal)) {
      if (part.type === "text") texts.push(part.text);
      else finish = part;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { texts, text: texts.join(""), finish, error, elapsedMs: performance.now() - startedAt };
}
