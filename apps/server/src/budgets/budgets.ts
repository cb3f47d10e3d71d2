import { createHmac } from "node:crypto";
import { OrchaError, type TenantSettings } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import { dayOf, firstOfMonth } from "../usage/days.ts";
import { toMillionths } from "../usage/money.ts";
import { dearestCost, type Prices } from "../usage/prices.ts";
import { readSpentInDays } from "../usage/totals-store.ts";
import { readSpend, type Spend } from "./read-spend-store.ts";
import { type Amount, type Hold, type Reservation, rowsOf } from "./reservation.ts";

export type BudgetSettings = TenantSettings["budget"];

/** More than can be spent. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const NOTHING: Amount = { tokens: 0, cost: 0 };
const MAX_REMEMBERED = 10_000;

/** The most that a turn can use. */
export interface WorstCase {
  /** Over all calls that it may take. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Those that may be called, as provider/model. */
  readonly models: readonly string[];
}

/** A turn of a tenant that has budgets. */
export interface BudgetedTurn {
  readonly budget: BudgetSettings;
  readonly worst: WorstCase;
}

export interface HoldRequest extends BudgetedTurn {
  readonly tenantId: string;
  /** Of the turn's conversation; null when nobody's. */
  readonly owner: string | null;
  readonly now: number;
}

export interface BudgetsDeps {
  readonly database: Database;
  readonly prices: Prices;
  /** The installation's secret: visitors' budgets are kept under names that it alone can make. */
  readonly visitorKey: string;
  /** Told, not at every message, of models that a money budget cannot reckon with because they have no price. */
  readonly onUnpriced: (tenantId: string, models: readonly string[]) => void;
}

/** A tenant whose budgets held turns lately. */
export interface HeldTenant {
  readonly tenantId: string;
  readonly budget: BudgetSettings;
  readonly day: string;
}

/** Decides whether a turn may begin, and what is set aside for it. */
export class Budgets {
  readonly #deps: BudgetsDeps;
  /** Tenants whose roll-up was read, and put into a write that was kept, since a turn of theirs ended that no budget held. */
  readonly #reckoned = new Map<string, "read" | "kept">();
  #lately = new Map<string, HeldTenant>();
  /** Tenants whose missing prices were told since the last look at them. */
  readonly #told = new Set<string>();

  constructor(deps: BudgetsDeps) {
    this.#deps = deps;
  }

  /**
   * The reservation that a turn has to make in its first write; undefined when no budget holds it.
   *
   * @throws OrchaError `budget_exhausted` when a budget has not so much left, or cannot tell because a model has no price
   */
  async hold(request: HoldRequest): Promise<Hold | undefined> {
    const { tenantId, budget, worst } = request;
    const tokens = worst.inputTokens + worst.outputTokens;
    if (!hasBudget(budget) || tokens === 0) return undefined;
    const { cost, unpriced } = await dearestCost(this.#deps.prices, worst.models, worst);
    if (unpriced.length > 0 && hasMoneyBudget(budget)) {
      this.#tellUnpriced(tenantId, unpriced);
      throw new OrchaError("budget_exhausted");
    }

    const day = dayOf(request.now);
    this.#lately.set(`${day} ${tenantId}`, { tenantId, budget, day });
    const reservation = { tokens, cost, day, spender: this.#spenderOf(request, day) };
    const spends = await readSpend(this.#deps.database.reader, tenantId, reservation);
    const seen = await this.#readSeen(tenantId, reservation, spends);
    const limits = limitsOf(budget);
    const rows = rowsOf(reservation).map((row, at) => ({
      ...row,
      limit: limits[at] ?? { tokens: NO_LIMIT, cost: NO_LIMIT },
      seen: seen[at] ?? NOTHING,
    }));
    for (const [at, { limit, seen: least }] of rows.entries()) {
      if (!fits(reservation, spends[at], least, limit)) throw new OrchaError("budget_exhausted");
    }
    return { reservation, rows };
  }

  /** Takes note that a turn has made its reservation. */
  kept(tenantId: string): void {
    if (this.#reckoned.has(tenantId)) this.#reckoned.set(tenantId, "kept");
  }

  /** Takes note of the end of a turn that no budget held: the next that one holds has to look it up in the roll-up. */
  endedUnheld(tenantId: string): void {
    this.#reckoned.delete(tenantId);
  }

  /** The tenants whose budgets held turns since this was asked last. */
  takeLately(): readonly HeldTenant[] {
    const lately = [...this.#lately.values()];
    this.#lately = new Map();
    this.#told.clear();
    return lately;
  }

  #tellUnpriced(tenantId: string, models: readonly string[]): void {
    if (this.#told.has(tenantId)) return;
    this.#told.add(tenantId);
    this.#deps.onUnpriced(tenantId, models);
  }

  /** It does not tell who it is, and another day it is another. */
  #spenderOf({ tenantId, owner, budget }: HoldRequest, day: string): string | null {
    const isLimited =
      budget.visitor_tokens_per_day !== null || budget.visitor_money_per_day !== null;
    if (!isLimited || owner === null) return null;
    const name = JSON.stringify(["budget", tenantId, owner, day]);
    return createHmac("sha256", this.#deps.visitorKey).update(name).digest("base64url");
  }

  /** What the roll-up says for the day and the month: only where the budgets may not know of every turn. */
  async #readSeen(
    tenantId: string,
    { day }: Reservation,
    [today, thisMonth]: readonly (Spend | undefined)[],
  ): Promise<readonly Amount[]> {
    if (today && thisMonth && this.#reckoned.get(tenantId) === "kept") return [];
    if (this.#reckoned.size >= MAX_REMEMBERED) this.#reckoned.clear();
    this.#reckoned.set(tenantId, "read");
    const { reader } = this.#deps.database;
    return Promise.all([
      readSpentInDays(reader, tenantId, day, day),
      readSpentInDays(reader, tenantId, firstOfMonth(day), day),
    ]);
  }
}

/** Of the tenant's day and month and of the visitor's day, in the order of `rowsOf`. */
export function limitsOf(budget: BudgetSettings): readonly Amount[] {
  return [
    limitOf(budget.tokens_per_day, budget.money_per_day),
    limitOf(budget.tokens_per_month, budget.money_per_month),
    limitOf(budget.visitor_tokens_per_day, budget.visitor_money_per_day),
  ];
}

function limitOf(tokens: number | null, money: number | null): Amount {
  return { tokens: tokens ?? NO_LIMIT, cost: money === null ? NO_LIMIT : toMillionths(money) };
}

export function hasBudget(budget: BudgetSettings): boolean {
  return Object.values(budget).some((limit) => limit !== null);
}

export function hasMoneyBudget(budget: BudgetSettings): boolean {
  const { money_per_day, money_per_month, visitor_money_per_day } = budget;
  return [money_per_day, money_per_month, visitor_money_per_day].some((limit) => limit !== null);
}

function fits(need: Amount, spend: Spend | undefined, seen: Amount, limit: Amount): boolean {
  const tokens = Math.max(spend?.tokens ?? 0, seen.tokens) + (spend?.reservedTokens ?? 0);
  const cost = Math.max(spend?.cost ?? 0, seen.cost) + (spend?.reservedCost ?? 0);
  return tokens + need.tokens <= limit.tokens && cost + need.cost <= limit.cost;
}
