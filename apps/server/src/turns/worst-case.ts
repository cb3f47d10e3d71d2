import type { Context, PageContext } from "@orcha/contract";
import type { WorstCase } from "../budgets/budgets.ts";
import { buildPrompt } from "./build-prompt.ts";
import { estimatePrompt, estimateTokens } from "./fit-history.ts";
import { modelsOf } from "./models-of.ts";
import type { ChatModel, Retrieval } from "./ports.ts";

/** What the passages of a turn under a budget may take. Six full ones of English text take about half. */
export const PASSAGE_TOKENS = 6_000;
/** The mark and the words around each, and the instructions that come with passages. */
const FENCE_TOKENS = 40;
const INSTRUCTION_TOKENS = 200;
/** Of a passage's name, in characters. */
const MAX_NAME = 200;

/** What decides how much a turn can use at most. */
export interface PlannedTurn {
  readonly instructions: string | undefined;
  readonly page: PageContext | undefined;
  readonly text: string;
  /** True when there is no history. */
  readonly isNew: boolean;
  readonly retrieves: boolean;
}

/** The most that a turn can use: every call that its model may make reads all of the prompt, and one of them answers. */
export function worstCase(
  deps: {
    readonly model: Pick<ChatModel, "name" | "models" | "maxCalls">;
    readonly limits: { readonly historyTokens: number; readonly answerTokens: number };
  },
  turn: PlannedTurn,
): WorstCase {
  const { model, limits } = deps;
  const calls = model.maxCalls ?? 1;
  const models = modelsOf(model);
  if (calls === 0) return { inputTokens: 0, outputTokens: 0, models };
  const bare = buildPrompt({
    instructions: turn.instructions,
    page: turn.page,
    history: [],
    text: turn.text,
    retrieval: undefined,
    maxOutputTokens: limits.answerTokens,
  });
  const history = turn.isNew ? 0 : limits.historyTokens;
  const passages = turn.retrieves ? PASSAGE_TOKENS + INSTRUCTION_TOKENS : 0;
  const inputTokens = calls * (estimatePrompt(bare) + history + passages);
  return { inputTokens, outputTokens: limits.answerTokens, models };
}

/** The best passages, as many as fit. */
export function fitPassages(found: Retrieval, maxTokens: number): Retrieval {
  let left = maxTokens;
  const isFitting = ({ title, text }: Context) => {
    const name = (title ?? "").slice(0, MAX_NAME);
    left -= estimateTokens(name) + estimateTokens(text) + FENCE_TOKENS;
    return left >= 0;
  };
  const tooMuch = found.contexts.findIndex((context) => !isFitting(context));
  return tooMuch === -1 ? found : { ...found, contexts: found.contexts.slice(0, tooMuch) };
}
