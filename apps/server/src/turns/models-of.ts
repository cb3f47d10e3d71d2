import type { ChatModel } from "./ports.ts";

/** The names under which a model may answer. */
export function modelsOf(model: Pick<ChatModel, "name" | "models">): readonly string[] {
  return model.models ?? [model.name];
}
