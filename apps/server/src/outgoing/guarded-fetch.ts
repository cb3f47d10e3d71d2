import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import { guardedConnector, type Lookup } from "./guarded-connector.ts";

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PORTS = new Set(["", "80", "443"]);

/** An address that must not be asked, or an answer that is too long; the message is for the log. */
class FetchRefusedError extends Error {
  override readonly name = "FetchRefusedError";
}

export interface FetchedAnswer {
  readonly status: number;
  /** Where it came from in the end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface FetchLimits {
  readonly maxBytes: number;
  /** For everything together, redirects included. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Reads an address that a stranger named. Only public addresses are ever connected to, on every redirect anew; no cookie and
 * no credential goes with it.
 * @throws FetchRefusedError when the address is not allowed or the answer too long; other errors when it cannot be read
 */
export type GuardedFetch = (url: string, limits: FetchLimits) => Promise<FetchedAnswer>;

type HostCheck = (hostname: string, port: string) => boolean;

export interface GuardedFetchOptions {
  /** Hosts that may be private and on any port, as `host` or `host:port`. */
  readonly allowedHosts?: readonly string[];
  /** How names become addresses; the system's way by default. */
  readonly lookup?: Lookup;
}

/** Makes the one function by which the server reads foreign addresses. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const isAllowedHost = hostCheck(options.allowedHosts ?? []);
  const dispatcher = new Agent({
    connect: guardedConnector({
      isAllowedHost,
      lookup: options.lookup,
      timeoutMs: CONNECT_TIMEOUT_MS,
    }),
  });

  return async (address, { maxBytes, timeoutMs, headers }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let url = checkedUrl(address, isAllowedHost);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      // Reset: the next request looks at its address anew.
      const options = { dispatcher, signal, headers: { ...headers }, reset: true };
      const answer = await request(url, options);
      const { location } = answer.headers;
      if (!REDIRECTS.has(answer.statusCode) || typeof location !== "string") {
        const body = await readAtMost(answer.body, maxBytes);
        return { status: answer.statusCode, url: url.href, headers: answer.headers, body };
      }
      answer.body.on("error", () => {}).destroy();
      url = redirected(url, location, isAllowedHost);
    }
    throw new FetchRefusedError(`More than ${MAX_REDIRECTS} redirects`);
  };
}

function hostCheck(allowedHosts: readonly string[]): HostCheck {
  const allowed = new Set(allowedHosts.map((host) => withoutBrackets(host.toLowerCase())));
  return (hostname, port) => {
    const host = withoutBrackets(hostname);
    return allowed.has(host) || allowed.has(`${host}:${port}`);
  };
}

/** `[::1]:80` as `::1:80`: one form for an address in a URL and on a socket. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]/, "$1");
}

function redirected(from: URL, location: string, isAllowedHost: HostCheck): URL {
  if (!URL.canParse(location, from.href)) throw new FetchRefusedError("A redirect to nowhere");
  const to = checkedUrl(new URL(location, from.href).href, isAllowedHost);
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw new FetchRefusedError("A redirect from https to http");
  }
  return to;
}

function checkedUrl(address: string, isAllowedHost: HostCheck): URL {
  if (!URL.canParse(address)) throw new FetchRefusedError("Not an address");
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FetchRefusedError(`${url.protocol} is not http or https`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new FetchRefusedError("An address with a name or password in it");
  }
  if (!PORTS.has(url.port) && !isAllowedHost(url.hostname, url.port)) {
    throw new FetchRefusedError(`Port ${url.port} is not 80 or 443`);
  }
  return url;
}

async function readAtMost(body: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new FetchRefusedError(`More than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
