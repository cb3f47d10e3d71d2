import type { PageContext } from "@orcha/client";
import type { ContextOptions } from "../../surface.ts";

/**
 * What the model is told of the page: nothing that the page did not ask for, and of its address neither query nor fragment,
 * where secrets live.
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
  const told = { ...page, ...data };
  return Object.keys(told).length > 0 ? told : undefined;
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
