import { OrchaClientError } from "./error.ts";
import type { ConnectionOptions } from "./options.ts";
import { readToken } from "./token.ts";

/** Longer than the server may take to begin an answer; a connection that is dead without telling ends here. */
const MAX_WAIT_MS = 90_000;

/** What one call says beside its address and who makes it. */
interface Call {
  /** @default "POST" with a body, else "GET" */
  readonly method?: "PATCH" | "DELETE";
  readonly accept?: string | undefined;
  /** JSON. */
  readonly body?: string;
  readonly idempotencyKey?: string;
  readonly lastEventId?: string | undefined;
}

/**
 * One HTTP call; made once more when the server refuses the token and the page has another.
 * @throws OrchaClientError `network` when no answer arrives; the abort reason when the signal fires.
 */
export async function request(
  options: ConnectionOptions,
  path: string,
  init: Call = {},
): Promise<Response> {
  const token = await readToken(options.authToken);
  const response = await send(options, path, init, token);
  if (response.status !== 401 || !token) return response;

  const other = await readToken(options.authToken, token);
  if (!other || other === token) return response;
  await response.body?.cancel();
  return send(options, path, init, other);
}

async function send(
  options: ConnectionOptions,
  path: string,
  init: Call,
  token: string | undefined,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: init.accept ?? "application/json" };
  if (init.body) headers["Content-Type"] = "application/json";
  if (init.idempotencyKey) headers["Idempotency-Key"] = init.idempotencyKey;
  if (init.lastEventId) headers["Last-Event-ID"] = init.lastEventId;
  if (options.visitor) headers["X-Aura-Visitor"] = options.visitor;
  if (token) headers.Authorization = `Bearer ${token}`;

  // Called as a plain function: a browser refuses its fetch as a method of another object.
  const fetch = options.fetch ?? globalThis.fetch;
  const { signal } = options;
  const ended = new AbortController();
  const end = () => ended.abort();
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  const timer = setTimeout(end, MAX_WAIT_MS);
  const response = await fetch(addressOf(options, path), {
    method: init.method ?? (init.body ? "POST" : "GET"),
    headers,
    body: init.body ?? null,
    signal: ended.signal,
  })
    .catch((cause: unknown) => {
      throw networkError(cause, signal);
    })
    .finally(() => clearTimeout(timer));

  const visitor = response.headers.get("X-Aura-Visitor");
  if (visitor) options.onVisitor?.(visitor);
  return response;
}

/** The same connection; what is called with it later carries the visitor secret that an earlier answer handed out. */
export function rememberVisitor(options: ConnectionOptions): ConnectionOptions {
  const connection = {
    ...options,
    onVisitor: (visitor: string) => {
      connection.visitor = visitor;
      options.onVisitor?.(visitor);
    },
  };
  return connection;
}

/** The tenant as the query of a call without a body to name it in. */
export function tenantQuery({ tenantId }: ConnectionOptions): string {
  return tenantId ? `?tenant_id=${encodeURIComponent(tenantId)}` : "";
}

/** An abort stays what the caller made it; everything else is a lost connection. */
export function networkError(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new OrchaClientError("network", "The connection was lost. Please try again.", { cause });
}

function addressOf(options: ConnectionOptions, path: string): string {
  return `${(options.apiBaseUrl ?? "").replace(/\/+$/, "")}/api/v1/orcha/${path}`;
}
