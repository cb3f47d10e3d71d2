import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRoute, type Route } from "../access/route.ts";
import { loadStaticFile } from "./static-file.ts";

const REVALIDATED = { "Cache-Control": "no-cache" };

/** The demo page, a host page like any other: it embeds the widget by the public snippet, under a strict policy of its own. */
export async function demoRoutes(deps: { readonly widgetDir: string }): Promise<readonly Route[]> {
  const folder = join(deps.widgetDir, "demo");
  const [template, style, script] = await Promise.all([
    readFile(join(folder, "index.html"), "utf8"),
    loadStaticFile(join(folder, "demo.css")),
    loadStaticFile(join(folder, "demo.js")),
  ]);

  return [
    openRoute("/", (c) => c.redirect("/demo")),
    openRoute("/demo", (c) => {
      const nonce = randomBytes(16).toString("base64");
      return c.html(template.replaceAll("{{nonce}}", nonce), 200, pageHeaders(nonce));
    }),
    openRoute("/demo/demo.css", (c) => style.send(c, REVALIDATED)),
    openRoute("/demo/demo.js", (c) => script.send(c, REVALIDATED)),
  ];
}

function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src data:",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
}
