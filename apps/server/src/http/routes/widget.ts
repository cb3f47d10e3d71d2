import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Context } from "hono";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { openRoute, type Route } from "../access/route.ts";
import { tenantParameter } from "../parameters.ts";
import { sendCompressed } from "../send-compressed.ts";
import { frameWriter, readManifest } from "../widget-frame.ts";
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
  const manifest = await readManifest(deps.widgetDir);
  const [loader, writeFrame, assets] = await Promise.all([
    loadStaticFile(join(deps.widgetDir, "aura.js")),
    frameWriter(deps.widgetDir, manifest),
    Promise.all(
      manifest.assets.map(async (name) => ({
        name,
        file: await loadStaticFile(join(deps.widgetDir, "assets", name)),
      })),
    ),
  ]);

  const cached = (policy: string) => ({ ...CROSS_ORIGIN, "Cache-Control": policy });
  return [
    openRoute("/widget/v1/aura.js", (c) => loader.send(c, cached(AUTO_UPDATING))),
    openRoute(`/widget/${manifest.version}/aura.js`, (c) => loader.send(c, cached(IMMUTABLE))),
    ...assets.map(({ name, file }) =>
      openRoute(`/widget/assets/${name}`, (c) => file.send(c, cached(IMMUTABLE))),
    ),
    openRoute("/widget/frame", async (c) => {
      const api = allowedApiOrigin(c, deps);
      if (!api) return c.text("This server's widget may not talk to that api.", 400);
      const { tenant } = await deps.resolveTenant(tenantParameter(c));
      const nonce = randomBytes(16).toString("base64");
      const wishes = [c.req.query("lang"), c.req.header("accept-language")];
      const html = writeFrame(tenant, nonce, wishes.filter(Boolean).join(","));
      const headers = frameHeaders(nonce, api, tenant.settings.allowed_origins);
      return sendCompressed(c, html, headers);
    }),
  ];
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
