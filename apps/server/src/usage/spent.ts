/** What a turn, or one attempt at it, has used. */
export interface Spent {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In millionths of the currency. */
  readonly cost: number;
}

export const NOTHING_SPENT: Spent = { inputTokens: 0, outputTokens: 0, cost: 0 };

export function addUp(a: Spent, b: Spent): Spent {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: a.cost + b.cost,
  };
}
