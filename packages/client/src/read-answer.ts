import type { ErrorCode } from "@orcha/contract";
import { OrchaClientError } from "./error.ts";
import { networkError } from "./request.ts";

/** A JSON object whose members are still unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The body as a JSON object. @throws OrchaClientError for every failure the answer tells of. */
export async function readAnswer(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  return answerOf(response, await readText(response, signal));
}

/** The whole body. @throws OrchaClientError `network` when the connection breaks before its end */
export function readText(response: Response, signal: AbortSignal | undefined): Promise<string> {
  return response.text().catch((cause: unknown) => {
    throw networkError(cause, signal);
  });
}

/** A body that was read, as a JSON object. @throws OrchaClientError for every failure it tells of. */
export function answerOf(response: Response, text: string): JsonObject {
  const body = parseObject(text);

  if (!response.ok || body.success === false) throw failureOf(response, body);
  return body;
}

/** For an answer that is well-formed and yet not what was asked for. */
export function unreadable(response: Response): OrchaClientError {
  return new OrchaClientError("internal", "The server's answer could not be read.", {
    status: response.status,
    requestId: response.headers.get("X-Request-Id"),
  });
}

/** What a failed answer says: the chat envelope, a problem document, or a stranger's page. */
function failureOf(response: Response, body: JsonObject): OrchaClientError {
  const data = isObject(body.data) ? body.data : {};
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);

  return new OrchaClientError(
    codeOf(response, body),
    textOf(body.message) || textOf(body.detail) || "Something went wrong. Please try again.",
    {
      status: response.status,
      requestId: response.headers.get("X-Request-Id"),
      conversationId: typeof data.conversation_id === "number" ? data.conversation_id : null,
      partialText: textOf(data.text),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
    },
  );
}

function codeOf(response: Response, body: JsonObject): ErrorCode {
  const code = response.headers.get("X-Orcha-Error") || textOf(body.code);
  return code ? knownCode(code) : codeOfStatus(response.status);
}

// A server newer than this client may know codes it does not; they pass through as what they are.
function knownCode(code: string): ErrorCode {
  return code as ErrorCode;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "payload_too_large";
  if (status === 429) return "rate_limited";
  return status === 502 || status === 503 || status === 504 ? "unavailable" : "internal";
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Narrows to a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
