import type { PageContext } from "@orcha/client";
import type { ContextOptions } from "../../surface.ts";

/**
 * What the model is told of the page: nothing that the page did not ask for, no more than the server takes, and of its
 * address neither query nor fragment, where secrets live.
 *
 * @param askPage gives `{ url, title }` as they are at this moment
 */
export async function pageContext(
  context: ContextOptions | undefined,
  askPage: () => Promise<unknown>,
): Promise<PageContext | undefined> {
  if (!context) return undefined;
  const page = context.page === true ? pageOf(await askPage()) : {};
  const data = isRecord(context.data) ? { data: context.data } : {};
  const told = withinLimit({ ...page, ...data });
  return Object.keys(told).length > 0 ? told : undefined;
}

/** The most that the server takes, as the bytes of its JSON. */
const MAX_BYTES = 2048;

/** Without what is too much: a context that the server refuses would take the visitor's message down with it. */
function withinLimit(context: PageContext): PageContext {
  const told = { ...context };
  for (const part of ["data", "title"] as const) {
    if (new TextEncoder().encode(JSON.stringify(told)).length <= MAX_BYTES) break;
    if (part in told) console.error(`[aura] context.${part}`, "over 2 KB");
    delete told[part];
  }
  return told;
}

function pageOf(page: unknown): Pick<PageContext, "url" | "title"> {
  if (!isRecord(page)) return {};
  const { url, title } = page;
  return {
    ...(typeof url === "string" && URL.canParse(url) && { url: withoutQuery(url) }),
    ...(typeof title === "string" && title !== "" && { title: title.slice(0, MAX_TITLE) }),
  };
}

const MAX_TITLE = 300;
const MAX_URL = 1000;

function withoutQuery(url: string): string {
  const { origin, pathname, protocol } = new URL(url);
  return (protocol.startsWith("http") ? origin + pathname : protocol).slice(0, MAX_URL);
}

// Plain data: it came as JSON.
function isRecord(value: unknown): value is NonNullable<PageContext["data"]> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
