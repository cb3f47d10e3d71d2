import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { mountPages } from "../testing/mount-pages.ts";
import { widgetPageRoutes } from "./widget-page.ts";

const TEMPLATE = [
  '<style nonce="{{nonce}}"></style><h1>{{version}}</h1>',
  "<code>{{integrity}} {{origin}}/widget/{{version}}/aura.js</code>{{earlier}}",
  '<script nonce="{{nonce}}"></script>',
].join("");
const HASH = integrityOf("old");

async function setup(released: Record<string, string>, publicUrl?: string) {
  const widgetDir = await mkdtemp(join(tmpdir(), "widget-page-"));
  onTestFinished(() => rm(widgetDir, { recursive: true, force: true }));
  const files: Record<string, string> = {
    "manifest.json": JSON.stringify({ version: "1.3.0", integrity: "sha384-now", released }),
    "version-page.html": TEMPLATE,
  };
  for (const version of Object.keys(released)) files[`released/${version}/aura.js`] = "old";
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(widgetDir, name)), { recursive: true });
    await writeFile(join(widgetDir, name), text);
  }
  const app = mountPages(await widgetPageRoutes({ widgetDir, publicUrl }));
  return (path: string, host = "chat.example") => app.request(`http://${host}${path}`);
}

describe("the page of the widget's versions", () => {
  it("shows the version, its hash and its address, and runs nothing but its own script", async () => {
    const get = await setup({});
    const page = await get("/widget");
    const html = await page.text();
    expect(html).toContain("<h1>1.3.0</h1>");
    expect(html).toContain("sha384-now http://chat.example/widget/1.3.0/aura.js");

    const policy = page.headers.get("Content-Security-Policy") ?? "";
    const [, nonce = "none"] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(html.split(`nonce="${nonce}"`)).toHaveLength(3);
    expect(policy).toContain(`style-src 'nonce-${nonce}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it("names the address that people see, and no host can write into the page", async () => {
    const told = await setup({}, "https://people.example/");
    expect(await (await told("/widget")).text()).toContain("https://people.example/widget/1.3.0/");
    const untold = await setup({});
    const html = await (await untold("/widget", "a&quot;b'c")).text();
    expect(html).toContain("http://a&#38;quot;b&#39;c/widget");
  });

  it("says the same to machines, on every origin", async () => {
    const get = await setup({ "1.2.0": HASH, "1.3.0": "sha384-now" });
    const manifest = await get("/widget/manifest.json");
    expect(await manifest.json()).toEqual({
      version: "1.3.0",
      integrity: "sha384-now",
      files: { "/widget/1.3.0/aura.js": "sha384-now", "/widget/1.2.0/aura.js": HASH },
    });
    expect(manifest.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("lists the loaders that were released before and goes on serving them, unchanged for good", async () => {
    const get = await setup({ "1.2.0": HASH, "1.3.0": "sha384-now" });
    expect(await (await get("/widget")).text()).toContain(`1.2.0</th><td><code>${HASH}</code>`);
    const loader = await get("/widget/1.2.0/aura.js");
    expect(integrityOf(await loader.text())).toBe(HASH);
    expect(loader.headers.get("Cache-Control")).toContain("immutable");
    expect(loader.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await get("/widget/1.1.0/aura.js")).status).toBe(404);
  });
});

function integrityOf(text: string): string {
  return `sha384-${createHash("sha384").update(text).digest("base64")}`;
}
