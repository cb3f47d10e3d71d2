import { OrchaClientError } from "./error.ts";
import type { AuthToken, ConnectionOptions } from "./options.ts";

/** One HTTP call. @throws OrchaClientError `network` when no answer arrives; the abort reason when the signal fires. */
export async function request(
  options: ConnectionOptions,
  path: string,
  init: {
    readonly accept?: string;
    readonly json?: unknown;
    readonly idempotencyKey?: string | undefined;
  } = {},
): Promise<Response> {
  const headers: Record<string, string> = { Accept: init.accept ?? "application/json" };
  if (init.json !== undefined) headers["Content-Type"] = "application/json";
  if (init.idempotencyKey) headers["Idempotency-Key"] = init.idempotencyKey;
  if (options.visitor) headers["X-Aura-Visitor"] = options.visitor;
  const token = await readToken(options.authToken);
  if (token) headers.Authorization = `Bearer ${token}`;

  // Called as a plain function: a browser refuses its fetch as a method of another object.
  const send = options.fetch ?? globalThis.fetch;
  const response = await send(addressOf(options, path), {
    method: init.json === undefined ? "GET" : "POST",
    headers,
    body: init.json === undefined ? null : JSON.stringify(init.json),
    signal: options.signal ?? null,
  }).catch((cause: unknown) => {
    throw networkError(cause, options.signal);
  });

  const visitor = response.headers.get("X-Aura-Visitor");
  if (visitor) options.onVisitor?.(visitor);
  return response;
}

/** An abort stays what the caller made it; everything else is a lost connection. */
export function networkError(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new OrchaClientError("network", "The connection was lost. Please try again.", { cause });
}

function addressOf(options: ConnectionOptions, path: string): string {
  return `${(options.apiBaseUrl ?? "").replace(/\/+$/, "")}/api/v1/orcha/${path}`;
}

async function readToken(token: AuthToken | undefined): Promise<string | null | undefined> {
  return typeof token === "function" ? await token() : token;
}
