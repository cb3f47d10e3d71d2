import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRoute, type Route } from "../access/route.ts";
import { pageHeaders } from "../page-headers.ts";
import { loadStaticFile } from "./static-file.ts";

/** It talks to this server only. */
const POLICY = ["connect-src 'self'", "img-src data:"];
const APART = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};
const IMMUTABLE = { "Cache-Control": "public, max-age=31536000, immutable" };
const GUIDE_HEADERS = {
  "Content-Type": "text/plain; charset=utf-8",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

export interface ConsoleDeps {
  /** The folder that the console's build wrote. */
  readonly consoleDir: string;
  /** The shipped guides. */
  readonly docsDir: string;
}

/** The console: one page, one script, and the operator's guide, which must be at hand without the internet. */
export async function consoleRoutes({
  consoleDir,
  docsDir,
}: ConsoleDeps): Promise<readonly Route[]> {
  const name = await scriptName(consoleDir);
  const [template, script, guide] = await Promise.all([
    readFile(join(consoleDir, "console.html"), "utf8"),
    loadStaticFile(join(consoleDir, "assets", name)),
    readFile(join(docsDir, "operate.md"), "utf8"),
  ]);
  return [
    openRoute("/console", (c) => c.redirect("/console/")),
    openRoute("/console/", (c) => {
      const nonce = randomBytes(16).toString("base64");
      const html = template.replace("{{nonce}}", nonce).replace("{{script}}", name);
      return c.html(html, 200, { ...pageHeaders(nonce, POLICY), ...APART });
    }),
    openRoute(`/console/assets/${name}`, (c) => script.send(c, IMMUTABLE)),
    openRoute("/console/operate.md", (c) => c.body(guide, 200, GUIDE_HEADERS)),
  ];
}

async function scriptName(consoleDir: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(consoleDir, "manifest.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "script" in manifest) {
    return String(manifest.script);
  }
  throw new Error("The console's manifest.json does not name its script.");
}
