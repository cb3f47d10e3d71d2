import { type FetchServer, startFetchServer } from "./fetch-server.ts";

/** Somebody's own website, on an origin of its own. */
export interface Site extends FetchServer {
  /** How often its pages asked for a token. */
  readonly tokensGiven: number;
  /** What `/token` gives from now on, in this order; the last one again and again. */
  giveTokens(...tokens: readonly string[]): void;
}

/** Serves the same page on every path but `/token`. */
export async function startSite(html: () => string): Promise<Site> {
  let tokens: readonly string[] = [];
  let tokensGiven = 0;
  const server = await startFetchServer((request) => {
    if (new URL(request.url).pathname !== "/token") {
      return new Response(html(), { headers: { "Content-Type": "text/html" } });
    }
    tokensGiven += 1;
    return new Response(tokens[Math.min(tokensGiven, tokens.length) - 1] ?? "");
  });
  return {
    // The same site as the server, on another port: what a browser keeps for third parties depends on its settings.
    url: server.url.replace("127.0.0.1", "localhost"),
    get tokensGiven() {
      return tokensGiven;
    },
    giveTokens: (...next) => {
      tokens = next;
      tokensGiven = 0;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
