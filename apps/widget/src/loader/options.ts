import type { ColorScheme, FrameOptions } from "../protocol.ts";

type Token = string | null | undefined;

/** What `AuraChatWidget.init` takes. Only `apiBaseUrl` is needed; "" is the page's own origin. */
export interface InitOptions {
  readonly apiBaseUrl: string;
  /** A bearer token, or a function that gives one, and nothing for a visitor who is signed out. */
  readonly authToken?: Token | (() => Token | Promise<Token>);
  readonly tenantId?: string | null | undefined;
  readonly userId?: number | string | null | undefined;
  readonly useRag?: boolean | undefined;
  /** The same id again updates its widget. */
  readonly id?: string | undefined;
  readonly header?: { readonly title?: string | undefined; readonly subtitle?: string | undefined };
  readonly greeting?: { readonly title?: string | undefined; readonly text?: string | undefined };
  readonly starters?: readonly string[] | undefined;
  /** `light`, `dark`, or what the visitor prefers. @default "auto" */
  readonly colorScheme?: string | undefined;
}

/** The server's address, absolute and without a slash at its end. @throws when there is none. */
export function apiAddress({ apiBaseUrl }: InitOptions): string {
  if (typeof apiBaseUrl !== "string") throw new TypeError("apiBaseUrl?");
  const { origin, pathname, protocol } = new URL(apiBaseUrl || "/", location.href);
  if (!protocol.startsWith("http")) throw new TypeError("apiBaseUrl?");
  return (origin + pathname).replace(/\/+$/, "");
}

/** The options as plain data, whatever the page passed; the token stays here, and only its number goes on. */
export function frameOptions(
  options: InitOptions,
  colorScheme: ColorScheme,
  tokenNumber: number,
): FrameOptions {
  const { authToken, ...open } = options;
  const apiBaseUrl = apiAddress(options);
  const token = authToken ? tokenNumber : 0;
  return { ...JSON.parse(JSON.stringify(open)), apiBaseUrl, colorScheme, token };
}

/** The token of now. A server's secret key is refused: whoever opens the page could read it. */
export async function readToken(options: InitOptions): Promise<string | undefined> {
  const { authToken } = options;
  const token = typeof authToken === "function" ? await authToken() : authToken;
  if (typeof token !== "string") return undefined;
  if (!token.startsWith("orcha_sk_")) return token;
  console.error("[aura] authToken", "secret API key");
  return undefined;
}

/** Options from the `data-*` attributes of the script tag; undefined without `data-api-base-url`. */
export function optionsFromData(data: DOMStringMap): InitOptions | undefined {
  const { apiBaseUrl } = data;
  if (apiBaseUrl === undefined) return undefined;
  return {
    apiBaseUrl,
    authToken: data.authToken,
    tenantId: data.tenantId,
    userId: data.userId,
    useRag: data.useRag !== "false",
    id: data.id,
    header: { title: data.headerTitle, subtitle: data.headerSubtitle },
    greeting: { title: data.greetingTitle, text: data.greetingText },
    starters: data.starters?.split("|"),
    colorScheme: data.colorScheme,
  };
}
