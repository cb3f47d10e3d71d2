import type { Browser, BrowserContextOptions, Frame, Locator } from "playwright-core";
import { onTestFinished } from "vitest";
import { EVENT_NAMES } from "../../apps/widget/src/names.ts";
import type { InitOptions } from "../../apps/widget/src/surface.ts";
import { openPage, type Watched } from "./browser.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { startSite } from "./site.ts";

/** Somebody else's page with the widget on it, which its scripts know as `aura`. */
export interface HostPage extends Watched {
  readonly launcher: Locator;
  readonly panel: Locator;
  /** The inside of the widget, or of another one of the page's, once one can write there. */
  frame(at?: number): Promise<Frame>;
  /** Runs a script of the page's; what it gives is not looked at. */
  run(script: string): Promise<void>;
  /** The details that the document heard of an event, in their order. */
  heard(name: string): Promise<readonly unknown[]>;
}

/** How a page differs from an empty one in English. */
export interface HostOptions {
  /** Attributes of its `html`. */
  readonly html?: string;
  readonly head?: string;
  /** What stands in its body before the widget's script. */
  readonly body?: string;
  readonly browser?: BrowserContextOptions;
}

/** Opens a page of another origin than the server's, whose script starts the widget with these options. */
export async function openHostPage(
  browser: Browser,
  server: ScriptedServer,
  options: Partial<InitOptions> = {},
  { html = 'lang="en"', head = "", body = "", browser: how = {} }: HostOptions = {},
): Promise<HostPage> {
  const all = JSON.stringify({ apiBaseUrl: server.url, ...options });
  const site = await startSite(
    () => `<!doctype html><html ${html}><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1">${head}<script>${PRELUDE}</script></head>
<body>${body}<script src="${server.url}/widget/v1/aura.js"></script>
<script>window.aura = AuraChatWidget.init(${all})</script></body></html>`,
  );
  onTestFinished(() => site[Symbol.asyncDispose]());
  // Of the same site as the server: here Chromium keeps nothing for frames of others.
  const watched = await openPage(browser, site.url.replace("localhost", "127.0.0.1"), how);
  onTestFinished(() => watched.context.close());
  const { page } = watched;
  const heard = (name: string) =>
    page.evaluate<unknown[]>(`heard.filter(([n]) => n === "${name}").map(([, detail]) => detail)`);
  return {
    ...watched,
    launcher: page.locator("aura-chat button"),
    panel: page.locator("aura-chat div"),
    heard,
    async frame(at = 0) {
      const element = await page.locator("aura-chat iframe").nth(at).elementHandle();
      const frame = await element?.contentFrame();
      if (!frame) throw new Error("The widget has no frame.");
      await frame.waitForURL("**/widget/frame?**");
      await frame.waitForSelector("h1");
      await frame.waitForSelector("main > *", { state: "attached" });
      return frame;
    },
    run: (script) => page.evaluate(`void (() => { ${script} })()`),
  };
}

/** Lets the test see into the closed shadow root, and writes down what the document hears. */
const PRELUDE = `
const { attachShadow } = Element.prototype;
Element.prototype.attachShadow = function (init) { return attachShadow.call(this, { ...init, mode: "open" }); };
window.heard = [];
for (const name of ${JSON.stringify(EVENT_NAMES)})
  document.addEventListener("aura:" + name, ({ detail }) => heard.push([name, detail]));
`;
