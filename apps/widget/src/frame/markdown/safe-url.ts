/** Where a link may lead, and the name of that place to show; undefined for everything but http, https and mailto. */
export function safeUrl(
  value: string,
): { readonly href: string; readonly place: string } | undefined {
  try {
    const url = new URL(value.trim());
    if (url.protocol === "mailto:") return { href: url.href, place: url.pathname };
    if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
    return url.host === "" ? undefined : { href: url.href, place: url.host };
  } catch {
    return undefined;
  }
}
