/** How long a conversation that nobody owns yet can be continued by its id alone. */
export const OPEN_BY_ID_MS = 24 * 3_600_000;

/** Who asks for a conversation, in the terms that decide about it. */
export interface Claim {
  readonly label: string;
  /** Undefined on routes that name no user: there the owner alone decides. */
  readonly userId: number | undefined;
  /** The owner that the caller's credential proves; null for a caller without one. */
  readonly owner: string | null;
  /** For a visitor who signed in: whose conversations become this user's, namely those of the secret beside the token. */
  readonly handsOver: HandOver | null;
  /** True when the tenant never accepts the id alone. */
  readonly strict: boolean;
}

export interface HandOver {
  readonly from: string;
  readonly userId: number;
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
 * its own. `hands-over`: its visitor has signed in, and it becomes the signed-in user's. `by-id`: nobody owns it yet and its
 * id may do for a day. `none`: it does not exist for this caller.
 */
export type Access = "owner" | "seals" | "hands-over" | "by-id" | "none";

/** Decides on a conversation; undefined is one that does not exist. */
export function accessOf(conversation: Ownership | undefined, claim: Claim, nowMs: number): Access {
  if (!conversation) return "none";
  if (conversation.label !== claim.label) return "none";
  if (claim.handsOver && claim.handsOver.from === heldBy(conversation)) return "hands-over";
  if (claim.userId !== undefined && conversation.user_id !== claim.userId) return "none";
  if (conversation.owner !== null) return conversation.owner === claim.owner ? "owner" : "none";
  if (claim.owner !== null && claim.owner === conversation.offered_owner) return "seals";
  if (claim.strict || nowMs - conversation.created_at > OPEN_BY_ID_MS) return "none";
  return "by-id";
}

/** Whose secret the conversation belongs to, or will when it comes back. */
function heldBy({ owner, offered_owner }: Ownership): string | null {
  return owner ?? offered_owner;
}
