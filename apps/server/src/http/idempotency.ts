import { hash } from "node:crypto";
import { HEADERS, OrchaError, type ParsedChatRequest } from "@orcha/contract";
import type { Idempotency } from "../turns/idempotency-store.ts";
import type { RequestContext } from "./context.ts";

const VISIBLE = /^[\x21-\x7e]{1,255}$/;
/** 128 random bits in base64, the densest form that keys are commonly written in. */
const UNGUESSABLE_CHARS = 22;
const DAY_MS = 86_400_000;

/**
 * The key with which a caller may send the same message again, and what tells another message from it.
 *
 * @param owner null for a caller without credential, whose key alone decides who is told the answer again
 * @throws OrchaError `invalid_request` for a key that is none, or that could be guessed
 */
export function readIdempotency(
  c: RequestContext,
  request: ParsedChatRequest,
  owner: string | null,
): Idempotency | undefined {
  const key = c.req.header(HEADERS.idempotencyKey);
  if (key === undefined) return undefined;
  if (!VISIBLE.test(key)) {
    throw new OrchaError("invalid_request", "Idempotency-Key must be 1 to 255 visible characters.");
  }
  if (owner === null && key.length < UNGUESSABLE_CHARS) {
    throw new OrchaError(
      "invalid_request",
      "Without a credential Idempotency-Key must carry at least 128 random bits.",
    );
  }
  const { text, conversation_id, user_id, tenant_id, use_rag, replace_message_id, context } =
    request;
  const fields = [
    text,
    conversation_id ?? null,
    user_id ?? null,
    tenant_id ?? null,
    use_rag ?? null,
    replace_message_id ?? null,
    context ?? null,
  ];
  return { key, bodyHash: hash("sha256", JSON.stringify(fields), "base64url") };
}

/** Repeats of a message that has no owner yet are handed the same secret, whichever of their answers arrives. */
export function secretSeed({ key, bodyHash }: Idempotency, nowMs: number): string {
  return `${key} ${bodyHash} ${Math.floor(nowMs / DAY_MS)}`;
}
