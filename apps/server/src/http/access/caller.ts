import type { Claim, HandOver } from "../../conversations/access.ts";
import type { VisitorSecret } from "../../tenants/visitor-secret.ts";
import type { Admission } from "./route.ts";

/**
 * Who asks for something of a visitor's. `none` carries nothing; `invalid` carried a secret that this server did not make,
 * which is replaced. A `subject` was signed in by its tenant; a `key` is one of the tenant's own servers.
 */
export type Caller =
  | { readonly kind: "none" | "invalid" }
  | { readonly kind: "visitor"; readonly secret: VisitorSecret }
  | {
      readonly kind: "subject";
      readonly userId: number;
      /** Beside its token: who signs in keeps what the secret owns. */
      readonly secret: VisitorSecret | undefined;
    }
  | { readonly kind: "key"; readonly keyId: number };

/**
 * The owner that the caller proves to be; null for one that proves nothing.
 *
 * @param userId as whom a server speaks
 */
export function ownerOf(caller: Caller, userId: number): string | null {
  if (caller.kind === "visitor") return caller.secret.owner;
  if (caller.kind === "subject") return `user:${caller.userId}`;
  return caller.kind === "key" ? `user:${userId}` : null;
}

/**
 * What a caller claims outside chat-v2, where the owner alone decides.
 *
 * @param userId as whom a server speaks
 */
export function ownerClaim({ label, caller }: Admission, userId: number): Claim {
  return {
    label,
    userId: undefined,
    owner: ownerOf(caller, userId),
    handsOver: handOverTo(caller),
    strict: true,
  };
}

/** What a visitor who signs in brings along. */
export function handOverTo(caller: Caller): HandOver | null {
  if (caller.kind !== "subject" || !caller.secret) return null;
  return { from: caller.secret.owner, userId: caller.userId };
}
