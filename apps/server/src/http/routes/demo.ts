import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRoute, type Route } from "../access/route.ts";
import { pageHeaders } from "../page-headers.ts";
import { loadStaticFile } from "./static-file.ts";

const FILES = ["demo.css", "demo.js", "states.css", "states.js", "states-script.js"];
/** What the page loads beside its scripts. */
const BESIDES = ["style-src 'self'", "img-src data:", "frame-src 'self'"];
const REVALIDATED = { "Cache-Control": "no-cache" };

/**
 * The demo page, a host page like any other: it embeds the widget by the public snippet, under a strict policy of its own.
 * Beside it a page that shows every state of the widget.
 */
export async function demoRoutes(deps: { readonly widgetDir: string }): Promise<readonly Route[]> {
  const folder = join(deps.widgetDir, "demo");
  return [
    openRoute("/", (c) => c.redirect("/demo")),
    await page("/demo", join(folder, "index.html")),
    await page("/demo/states", join(folder, "states.html")),
    ...(await Promise.all(FILES.map((name) => file(`/demo/${name}`, join(folder, name))))),
  ];
}

async function page(path: string, source: string): Promise<Route> {
  const template = await readFile(source, "utf8");
  return openRoute(path, (c) => {
    const nonce = randomBytes(16).toString("base64");
    return c.html(template.replaceAll("{{nonce}}", nonce), 200, pageHeaders(nonce, BESIDES));
  });
}

async function file(path: string, source: string): Promise<Route> {
  const content = await loadStaticFile(source);
  return openRoute(path, (c) => content.send(c, REVALIDATED));
}
