/**
 * Whether a page may call for a tenant. A pattern is an origin, or one with `*.` before the host for every name below it.
 *
 * @param patterns empty allows every page
 */
export function isAllowedOrigin(origin: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(origin, pattern));
}

function matches(origin: string, pattern: string): boolean {
  const [scheme = "", host = ""] = pattern.split("://");
  if (!host.startsWith("*.")) return origin === pattern;
  const prefix = `${scheme}://`;
  const below = host.slice(1);
  return (
    origin.startsWith(prefix) &&
    origin.endsWith(below) &&
    origin.length > prefix.length + below.length
  );
}
