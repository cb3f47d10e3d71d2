import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "hono";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import type { Tenant } from "../../tenants/settings.ts";
import { accentColours } from "../accent-colours.ts";
import { openRoute, type Route } from "../access/route.ts";
import { tenantParameter } from "../parameters.ts";
import { loadStaticFile } from "./static-file.ts";

export const IMMUTABLE = "public, max-age=31536000, immutable";
/** A page may live with yesterday's loader for ten minutes, and asks in the background from then on. */
const AUTO_UPDATING = "public, max-age=600, stale-while-revalidate=86400";
export const CROSS_ORIGIN = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export interface WidgetDeps {
  /** The folder that the widget's build wrote. */
  readonly widgetDir: string;
  /** The address people see; without it the request's own host counts. */
  readonly publicUrl?: string | undefined;
  /** Other origins whose API a frame may talk to. */
  readonly frameApiOrigins: readonly string[];
  readonly resolveTenant: TenantResolver;
}

/** The widget's files: the loader, the frame and what the frame loads. */
export async function widgetRoutes(deps: WidgetDeps): Promise<readonly Route[]> {
  const { version, script } = await readManifest(deps.widgetDir);
  const [loader, frameScript, template] = await Promise.all([
    loadStaticFile(join(deps.widgetDir, "aura.js")),
    loadStaticFile(join(deps.widgetDir, "assets", script)),
    readFile(join(deps.widgetDir, "frame.html"), "utf8"),
  ]);

  const cached = (policy: string) => ({ ...CROSS_ORIGIN, "Cache-Control": policy });
  return [
    openRoute("/widget/v1/aura.js", (c) => loader.send(c, cached(AUTO_UPDATING))),
    openRoute(`/widget/${version}/aura.js`, (c) => loader.send(c, cached(IMMUTABLE))),
    openRoute(`/widget/assets/${script}`, (c) => frameScript.send(c, cached(IMMUTABLE))),
    openRoute("/widget/frame", async (c) => {
      const api = allowedApiOrigin(c, deps);
      if (!api) return c.text("This server's widget may not talk to that api.", 400);
      const { tenant } = await deps.resolveTenant(tenantParameter(c));
      const nonce = randomBytes(16).toString("base64");
      const html = template
        .replace("{{nonce}}", nonce)
        .replace("{{script}}", `assets/${script}`)
        .replace("{{config}}", () => embeddedJson(frameConfig(tenant)));
      const ancestors = tenant.settings.allowed_origins;
      return c.html(html, 200, frameHeaders(nonce, api, ancestors));
    }),
  ];
}

/** What the widget shows of its tenant; the page's own options go before the name. */
function frameConfig({ settings }: Tenant) {
  const { accent } = settings.theme;
  return {
    name: settings.name,
    identity: settings.identity.mode,
    accent: accent && { light: accentColours(accent, false), dark: accentColours(accent, true) },
  };
}

/** JSON that no name can end before its time: a script element knows no escapes but these. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

/**
 * The document around model output: nothing loads or runs but the one script, and it talks to one server. Pages of any
 * origin may frame it, also sandboxed and cross-origin-isolated ones, where the tenant has no list of its own: then there is
 * no frame-ancestors at all, for even `*` keeps sandboxed pages out.
 */
function frameHeaders(
  nonce: string,
  apiOrigin: string,
  allowedOrigins: readonly string[],
): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `connect-src ${apiOrigin}`,
    "img-src 'self' data:",
    "style-src 'none'",
    "font-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    ...(allowedOrigins.length > 0 ? [`frame-ancestors 'self' ${allowedOrigins.join(" ")}`] : []),
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
}

/** The origin of the `api` the frame was opened for, when it is ours or listed; ours when none is named. */
function allowedApiOrigin(c: Context, deps: WidgetDeps): string | undefined {
  const requested = new URL(c.req.url);
  const own = originOf(deps.publicUrl) ?? requested.origin;
  const api = c.req.query("api");
  if (api === undefined) return own;

  const origin = originOf(api);
  if (!origin) return undefined;
  if (origin === own || deps.frameApiOrigins.includes(origin)) return origin;
  // Behind a proxy that ends TLS the request says http, while people see https.
  return deps.publicUrl === undefined && new URL(origin).host === requested.host
    ? origin
    : undefined;
}

function originOf(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? origin : undefined;
}

async function readManifest(widgetDir: string) {
  const manifest: unknown = JSON.parse(await readFile(join(widgetDir, "manifest.json"), "utf8"));
  if (
    typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string" &&
    "script" in manifest &&
    typeof manifest.script === "string"
  ) {
    return { version: manifest.version, script: manifest.script };
  }
  throw new Error("The widget's manifest.json does not name its version and script.");
}
