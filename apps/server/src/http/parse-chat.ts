import { chatRequestSchema, OrchaError, type ParsedChatRequest } from "@orcha/contract";
import { cleanText } from "../turns/clean-text.ts";

const MAX_PAGE_CONTEXT_BYTES = 2048;
const MAX_NESTING = 32;

/** What each field must be, for the page's author to read. */
const FIELD_RULES: Readonly<Record<string, string>> = {
  text: "text must be a string.",
  conversation_id:
    "conversation_id must be a positive integer, or null to start a new conversation.",
  user_id: "user_id must be a positive integer.",
  tenant_id: "tenant_id must be a string of 1 to 100 characters.",
  use_rag: "use_rag must be true or false.",
  replace_message_id: "replace_message_id must be a positive integer.",
  context: "context must be an object with url, title and data.",
};

/**
 * Checks the body of chat-v2 and cleans its texts.
 * @throws OrchaError `invalid_request` or `text_too_long`, with a sentence about the first field that is wrong
 */
export function parseChatRequest(body: unknown, maxTextChars: number): ParsedChatRequest {
  // Checked first: what reads a body field by field follows its nesting, and a deep one would exhaust the stack.
  if (nestsDeeperThan(body, MAX_NESTING)) {
    throw new OrchaError("invalid_request", FIELD_RULES.context);
  }
  const parsed = chatRequestSchema.safeParse(body);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? "");
    throw new OrchaError("invalid_request", FIELD_RULES[field]);
  }
  const request = parsed.data;
  const text = cleanText(request.text).trim();
  if (text === "") throw new OrchaError("invalid_request", "Please write a message.");
  // Code points are never more than UTF-16 units, so most texts need no counting.
  if (text.length > maxTextChars && [...text].length > maxTextChars) {
    throw new OrchaError(
      "text_too_long",
      `This message is too long: at most ${maxTextChars.toLocaleString("en")} characters.`,
    );
  }
  if (
    request.context &&
    Buffer.byteLength(JSON.stringify(request.context)) > MAX_PAGE_CONTEXT_BYTES
  ) {
    throw new OrchaError("invalid_request", "context must be at most 2 KB.");
  }
  const tenant = request.tenant_id == null ? undefined : cleanText(request.tenant_id);
  return { ...request, text, tenant_id: tenant };
}

function nestsDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeperThan(inner, levels - 1));
}
