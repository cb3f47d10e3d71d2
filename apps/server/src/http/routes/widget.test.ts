import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { storedTenantSettingsSchema } from "@orcha/contract";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { mountPages } from "../testing/mount-pages.ts";
import { demoRoutes } from "./demo.ts";
import { type WidgetDeps, widgetRoutes } from "./widget.ts";

/** A resolver whose every tenant allows these pages. */
const tenantWith =
  (allowed_origins: readonly string[]): TenantResolver =>
  async (id = "external_widget") => ({
    tenant: { id, settings: storedTenantSettingsSchema.parse({ name: "Shop", allowed_origins }) },
    label: "",
  });

const LOADER = `"loader";${"x".repeat(500)}`;

async function setup(deps: Partial<WidgetDeps> = {}) {
  const widgetDir = await mkdtemp(join(tmpdir(), "widget-"));
  onTestFinished(() => rm(widgetDir, { recursive: true, force: true }));
  const files = {
    "manifest.json": JSON.stringify({
      version: "1.2.3",
      script: "frame-ABC.js",
      assets: ["frame-ABC.js", "menu-DEF.js"],
      locales: ["ar", "en"],
    }),
    "aura.js": LOADER,
    "assets/frame-ABC.js": '"frame"',
    "assets/menu-DEF.js": '"menu"',
    "locales/ar.json": '{"send":"إرسال"}',
    "locales/en.json": '{"send":"Send"}',
    "frame.html":
      '<html lang="{{lang}}" dir="{{dir}}"><script id="config" type="application/json">{{config}}</script><script nonce="{{nonce}}" src="assets/{{script}}"></script>',
    "demo/index.html": '<script nonce="{{nonce}}"></script><script nonce="{{nonce}}"></script>',
    "demo/demo.css": "a{}",
    "demo/demo.js": '"demo"',
    "demo/states.html": '<script nonce="{{nonce}}"></script>',
    "demo/states.css": "a{}",
    "demo/states.js": '"states"',
    "demo/states-script.js": '"script"',
  };
  await Promise.all(["assets", "demo", "locales"].map((name) => mkdir(join(widgetDir, name))));
  for (const [name, text] of Object.entries(files)) await writeFile(join(widgetDir, name), text);
  const widget = mountPages(
    await widgetRoutes({ widgetDir, frameApiOrigins: [], resolveTenant: tenantWith([]), ...deps }),
  );
  const demo = mountPages(await demoRoutes({ widgetDir }));
  return {
    get: (path: string, headers: Record<string, string> = {}) =>
      widget.request(`http://chat.example${path}`, { headers }),
    demo: (path: string) => demo.request(`http://chat.example${path}`),
  };
}

describe("the loader", () => {
  it("is served to every origin, under its major and under its own version", async () => {
    const { get } = await setup();
    const latest = await get("/widget/v1/aura.js");
    expect(await latest.text()).toBe(LOADER);
    expect(latest.headers.get("Content-Type")).toBe("text/javascript; charset=utf-8");
    expect(latest.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(latest.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(latest.headers.get("Cache-Control")).toContain("max-age=600");

    const pinned = await get("/widget/1.2.3/aura.js");
    expect(pinned.headers.get("Cache-Control")).toContain("immutable");
    expect((await get("/widget/1.2.4/aura.js")).status).toBe(404);
  });

  it("is not sent again to a browser that has it", async () => {
    const { get } = await setup();
    const etag = (await get("/widget/v1/aura.js")).headers.get("ETag") ?? "";
    const again = await get("/widget/v1/aura.js", { "If-None-Match": `"other", W/${etag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });

  it("travels in the smallest form the browser takes", async () => {
    const { get } = await setup();
    const fetchAs = async (accepted: string) => {
      const response = await get("/widget/v1/aura.js", { "Accept-Encoding": accepted });
      const body = Buffer.from(await response.arrayBuffer());
      return { encoding: response.headers.get("Content-Encoding"), body };
    };
    const brotli = await fetchAs("gzip, deflate, br");
    expect(brotli.encoding).toBe("br");
    expect(brotliDecompressSync(brotli.body).toString()).toBe(LOADER);
    const gzip = await fetchAs("gzip, br;q=0");
    expect(gzip.encoding).toBe("gzip");
    expect(gunzipSync(gzip.body).toString()).toBe(LOADER);
    expect((await fetchAs("identity")).encoding).toBeNull();
  });
});

describe("the frame", () => {
  it("runs its one script and talks to its one server, and may be framed anywhere", async () => {
    const { get } = await setup();
    const response = await get("/widget/frame?tenant_id=acme&api=http://chat.example/base");
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(await response.text()).toContain(
      `<script nonce="${nonce}" src="assets/frame-ABC.js"></script>`,
    );
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src http://chat.example;");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(policy).not.toMatch(/unsafe|frame-ancestors|\*/);
    expect(response.headers.has("X-Frame-Options")).toBe(false);
    expect(response.headers.get("Cross-Origin-Embedder-Policy")).toBe("require-corp");
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");

    const [, other] = /nonce-([^']+)'/.exec(
      (await get("/widget/frame")).headers.get("Content-Security-Policy") ?? "",
    ) ?? [""];
    expect(other).not.toBe(nonce);
  });

  it("is framed by the tenant's pages alone where the tenant lists them", async () => {
    const list = ["https://shop.example", "https://*.shop.example"];
    const { get } = await setup({ resolveTenant: tenantWith(list) });
    const policy = (await get("/widget/frame?tenant_id=acme")).headers.get(
      "Content-Security-Policy",
    );
    expect(policy).toContain(
      "; frame-ancestors 'self' https://shop.example https://*.shop.example",
    );
  });

  it("is told the tenant's name, colours and whether one must sign in, in a form that no name ends early", async () => {
    const name = "</script><script>alert(1)</script> & $& Söhne";
    const settings = { name, identity: { mode: "required" }, theme: { accent: "#ffcc00" } };
    const { get } = await setup({
      resolveTenant: async () => ({
        tenant: { id: "t", settings: storedTenantSettingsSchema.parse(settings) },
        label: "",
      }),
    });
    const html = await (await get("/widget/frame")).text();
    const [, json = ""] =
      /<script id="config" type="application\/json">(.*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json)).toEqual({
      name,
      identity: "required",
      accent: "#ffcc00",
      lang: "en",
      words: { send: "Send" },
    });
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  it("is refused for another server's api, unless that one is listed", async () => {
    const { get } = await setup({ frameApiOrigins: ["https://api.example"] });
    const frame = async (api: string) => await get(`/widget/frame?api=${encodeURIComponent(api)}`);
    expect((await frame("https://api.example/x")).headers.get("Content-Security-Policy")).toContain(
      "connect-src https://api.example;",
    );
    const refused = [
      "https://evil.example",
      "http://chat.example.evil.example",
      "http://chat.example@evil.example",
      "javascript:alert(1)",
      "*",
      "https://api.example:444",
      "",
    ];
    for (const api of refused) expect((await frame(api)).status, api).toBe(400);
  });

  it("knows its own address behind a proxy, told or not", async () => {
    const told = await setup({ publicUrl: "https://people.example" });
    expect((await told.get("/widget/frame?api=https://people.example")).status).toBe(200);
    expect((await told.get("/widget/frame?api=http://chat.example")).status).toBe(400);
    const untold = await setup();
    expect((await untold.get("/widget/frame?api=https://chat.example")).status).toBe(200);
  });

  it("comes in the language that the page wishes for, else in the browser's, else in English", async () => {
    const { get } = await setup();
    const opened = async (query: string, accepted = "") => {
      const response = await get(`/widget/frame${query}`, { "Accept-Language": accepted });
      const html = await response.text();
      expect(response.headers.get("Vary")).toContain("Accept-Language");
      return /<html lang="([^"]*)" dir="([^"]*)">.*"send":"([^"]*)"/.exec(html)?.slice(1);
    };
    expect(await opened("?lang=ar-EG", "en")).toEqual(["ar-EG", "rtl", "إرسال"]);
    expect(await opened("", "nl, ar;q=0.5")).toEqual(["ar", "rtl", "إرسال"]);
    expect(await opened("?lang=nl", "ar")).toEqual(["ar", "rtl", "إرسال"]);
    for (const lang of ["nl", '"><script>', "../ar", "__proto__", ""]) {
      expect(await opened(`?lang=${encodeURIComponent(lang)}`)).toEqual(["en", "ltr", "Send"]);
    }
  });

  it("travels compressed", async () => {
    const { get } = await setup();
    const response = await get("/widget/frame", { "Accept-Encoding": "gzip, br" });
    expect(response.headers.get("Content-Encoding")).toBe("br");
    const html = brotliDecompressSync(Buffer.from(await response.arrayBuffer())).toString();
    expect(html).toContain('"send":"Send"');
  });

  it("serves the scripts that its manifest names, and no others", async () => {
    const { get } = await setup();
    expect(await (await get("/widget/assets/menu-DEF.js")).text()).toBe('"menu"');
    const script = await get("/widget/assets/frame-ABC.js");
    expect(await script.text()).toBe('"frame"');
    expect(script.headers.get("Cache-Control")).toContain("immutable");
    expect(script.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    for (const path of ["frame-ABD.js", "../manifest.json", "..%2fmanifest.json", ""]) {
      expect((await get(`/widget/assets/${path}`)).status, path).toBe(404);
    }
  });
});

describe("the demo page", () => {
  it("is where the root leads, under a policy of its own", async () => {
    const { demo } = await setup();
    expect((await demo("/")).headers.get("Location")).toBe("/demo");
    const page = await demo("/demo");
    const policy = page.headers.get("Content-Security-Policy") ?? "";
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect((await page.text()).split(`nonce="${nonce}"`)).toHaveLength(3);
    expect(policy).not.toContain("unsafe");
    expect((await demo("/demo/demo.css")).headers.get("Content-Type")).toContain("text/css");
    expect((await demo("/demo/demo.js")).status).toBe(200);
  });
});
