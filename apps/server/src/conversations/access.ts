/** How long a conversation that nobody owns yet can be continued by its id alone. */
export const OPEN_BY_ID_MS = 24 * 3_600_000;

/** Who asks for a conversation, in the terms that decide about it. */
export interface Claim {
  readonly label: string;
  /** Undefined on routes that name no user: there the owner alone decides. */
  readonly userId: number | undefined;
  /** The owner that the caller's credential proves; null for a caller without one. */
  readonly owner: string | null;
  /** True when the tenant never accepts the id alone. */
  readonly strict: boolean;
}

/** What of a conversation decides who may use it. */
export interface Ownership {
  readonly label: string;
  readonly user_id: number;
  readonly owner: string | null;
  readonly offered_owner: string | null;
  readonly created_at: number;
}

/**
 * `owner`: the claim proves ownership. `seals`: it is the very secret that was handed out, so the conversation becomes
 * its own. `by-id`: nobody owns it yet and its id may do for a day. `none`: it does not exist for this caller.
 */
export type Access = "owner" | "seals" | "by-id" | "none";

/** Decides on a conversation; undefined is one that does not exist. */
export function accessOf(conversation: Ownership | undefined, claim: Claim, nowMs: number): Access {
  if (!conversation) return "none";
  if (conversation.label !== claim.label) return "none";
  if (claim.userId !== undefined && conversation.user_id !== claim.userId) return "none";
  if (conversation.owner !== null) return conversation.owner === claim.owner ? "owner" : "none";
  if (claim.owner !== null && claim.owner === conversation.offered_owner) return "seals";
  if (claim.strict || nowMs - conversation.created_at > OPEN_BY_ID_MS) return "none";
  return "by-id";
}
