import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { openRoute, type Route } from "../access/route.ts";
import { pageHeaders } from "../page-headers.ts";
import { loadStaticFile } from "./static-file.ts";
import { CROSS_ORIGIN, IMMUTABLE } from "./widget.ts";

/** What the widget's build says of its loaders, as a browser checks them. */
const manifestSchema = z.object({
  version: z.string(),
  integrity: z.string(),
  /** Hashes of the loaders that were released before, by their versions. */
  released: z.record(z.string(), z.string()),
});

/** A page, and the same for machines, on which loader is served and how to pin it; and the loaders that pages have pinned. */
export async function widgetPageRoutes(deps: {
  readonly widgetDir: string;
  /** The address people see; without it the request's own host counts. */
  readonly publicUrl?: string | undefined;
}): Promise<readonly Route[]> {
  const { widgetDir } = deps;
  const [manifest, template] = await Promise.all([
    readFile(join(widgetDir, "manifest.json"), "utf8"),
    readFile(join(widgetDir, "version-page.html"), "utf8"),
  ]);
  const { version, integrity, released } = manifestSchema.parse(JSON.parse(manifest));
  const earlier = Object.entries(released).filter(([other]) => other !== version);
  const files = Object.fromEntries(
    [[version, integrity], ...earlier].map(([name, hash]) => [`/widget/${name}/aura.js`, hash]),
  );

  return [
    openRoute("/widget", (c) => {
      const nonce = randomBytes(16).toString("base64");
      const origin = new URL(deps.publicUrl ?? c.req.url).origin;
      const words = { nonce, version, integrity, origin };
      const html = filled(template, words).replace("{{earlier}}", () => tableOf(earlier));
      return c.html(html, 200, pageHeaders(nonce, [`style-src 'nonce-${nonce}'`, "img-src data:"]));
    }),
    openRoute("/widget/manifest.json", (c) =>
      c.json({ version, integrity, files }, 200, { ...CROSS_ORIGIN, "Cache-Control": "no-cache" }),
    ),
    ...(await Promise.all(earlier.map(([name]) => releasedLoader(widgetDir, name)))),
  ];
}

async function releasedLoader(widgetDir: string, version: string): Promise<Route> {
  const loader = await loadStaticFile(join(widgetDir, "released", version, "aura.js"));
  const headers = { ...CROSS_ORIGIN, "Cache-Control": IMMUTABLE };
  return openRoute(`/widget/${version}/aura.js`, (c) => loader.send(c, headers));
}

/** The part of the page on loaders that were released before; nothing when there are none. */
function tableOf(loaders: readonly (readonly [string, string])[]): string {
  if (loaders.length === 0) return "";
  const rows = loaders.map(
    ([version, integrity]) =>
      `<tr><th scope="row">${escaped(version)}</th><td><code>${escaped(integrity)}</code></td></tr>`,
  );
  return `<h2>Earlier versions</h2><p>They stay as they are, for pages that have pinned them.</p><table>${rows.join("")}</table>`;
}

function filled(template: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce(
    (html, [name, word]) => html.replaceAll(`{{${name}}}`, () => escaped(word)),
    template,
  );
}

/** The host in an address is whatever somebody asked for. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
