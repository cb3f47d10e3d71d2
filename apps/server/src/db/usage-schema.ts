// Tables of what was used and what may be, as schema.ts describes all tables. Money is in millionths of the currency.

/** What was spent of a budget in one day or month. */
export interface BudgetSpendTable {
  tenant_id: string;
  /** Empty for the tenant itself, else a visitor's name in one day's budget: it does not tell who it is. */
  subject: string;
  /** `2026-11-22` or `2026-11`, UTC. */
  period: string;
  tokens: number;
  cost: number;
  /** Set aside for turns that run. */
  reserved_tokens: number;
  reserved_cost: number;
  /** 1 once the owner was told that it is nearly used up. */
  warned: number;
}

/** Ended turns of one day, counted in the turn's own write. The sum over slots counts. */
export interface UsageDailyTable {
  tenant_id: string;
  /** `2026-11-22`, UTC, of the turn's beginning. */
  day: string;
  label: string;
  user_id: number;
  /** As provider/model; empty when none answered. */
  model: string;
  /** Turns that end at the same moment write different rows. */
  slot: number;
  conversations: number;
  turns: number;
  failed_turns: number;
  input_tokens: number;
  output_tokens: number;
  cost: number;
}

/** What the owner says that a model costs. */
export interface ModelPriceTable {
  /** As provider/model. */
  model: string;
  /** For a million tokens. */
  input_price: number;
  output_price: number;
  updated_at: number;
}

/** How often an address asked for what does not exist or is not its own. */
export interface MissTable {
  tenant_id: string;
  /** A keyed hash of the IPv4 address or the IPv6 /64. */
  address: string;
  /** When the window began. */
  window_start: number;
  misses: number;
}

/** That somebody's data was erased; not whose. */
export interface ErasureTable {
  tenant_id: string;
  id: number;
  created_at: number;
  /** Who asked: `visitor`, or the actor of the audit log. */
  requested_by: string;
  /** JSON object: rows erased of each table. */
  counts: string;
}
