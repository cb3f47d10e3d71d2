import { rm } from "node:fs/promises";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";
import { type Site, startSite } from "./support/site.ts";
import { makeKey, signToken, type TenantAdmin, tenantAdmin } from "./support/tenant-admin.ts";

const SECRET = "a shared secret of the shop that is long enough";
const NOT_YOURS = "This conversation does not exist or is not yours.";

/** Word for word the integration guide's own helper. */
const HELPER = `
async function sendOrchaMessage({ text, conversationId }) {
  const response = await fetch("/api/v1/orcha/chat-v2", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, conversation_id: conversationId })
  });
  if (!response.ok) throw new Error("Network error");
  const payload = await response.json();
  if (!payload.success) throw new Error(payload.message || "Chat failed");
  return payload.data; // { text, conversation_id, contexts? }
}`;

interface Data {
  readonly text: string;
  readonly conversation_id: number;
}

/** What a page of the tests has in its window. */
declare global {
  interface Window {
    AuraChatWidget?: { init(options: object): { open(): void } | undefined };
  }
  function sendOrchaMessage(message: { text: string; conversationId?: number }): Promise<Data>;
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const tokenFor = (sub: string, seconds = 3600, secret = SECRET) =>
  signToken(secret, "main", { sub, exp: inSeconds(seconds) });

describe("who may do what", () => {
  let dataDir: string;
  let server: PackagedServer;
  let admin: TenantAdmin;
  let browser: Browser | undefined;
  let site: Site;
  let stranger: Site;
  beforeAll(async () => {
    dataDir = await makeDataDir();
    const key = await makeKey(dataDir, "*", "read,write,admin");
    server = await startPackagedServer({ dataDir, args: ["--knowledge", "docs"] });
    admin = tenantAdmin(server.url, key);
    const page = () => `<!doctype html><title>Site</title><p>A site.</p>
      <script src="${server.url}/widget/v1/aura.js"></script>`;
    [site, stranger] = await Promise.all([startSite(page), startSite(page)]);
    if (findChromium()) browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server, site, stranger].map((started) => started[Symbol.asyncDispose]()));
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Like curl: no cookie and nothing else that is kept. */
  async function post(
    body: Readonly<Record<string, unknown>>,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`${server.url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const { success, message, data } = (await response.json()) as {
      success: boolean;
      message: string;
      data: Data;
    };
    return { status: response.status, success, message, ...data };
  }

  /** Resolves when the server has taken a change over, which may take it a second. */
  async function answersWith(
    status: number,
    message: Readonly<Record<string, unknown>>,
    token?: string,
  ) {
    const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
    const ask = async () => (await post({ text: "Hello", ...message }, headers)).status;
    await expect.poll(ask, { timeout: 5000, interval: 100 }).toBe(status);
  }

  it("answers a plain client without cookies, which goes on by the number alone", async () => {
    const first = await post({ text: "How do I embed the widget?" });
    const second = await post({ text: "And then?", conversation_id: first.conversation_id });
    expect([first.success, second.success]).toEqual([true, true]);
    expect(second.conversation_id).toBe(first.conversation_id);
  });

  it("lets a server with a secret key speak as its users, and nobody else go on", async () => {
    await admin.create("partner");
    const authorization = { Authorization: `Bearer ${await makeKey(dataDir, "partner", "chat")}` };
    const first = await post({ text: "Hello" }, authorization);
    expect(first.success).toBe(true);
    const message = { text: "And?", conversation_id: first.conversation_id, tenant_id: "partner" };
    expect(await post(message, authorization)).toMatchObject({ success: true });
    expect(await post(message)).toMatchObject({ success: false, message: NOT_YOURS });
    const forged = {
      Authorization: "Bearer orcha_sk_ThisIsNoKeyOfThisServerAtAll0000000000000000",
    };
    expect(await post(message, forged)).toMatchObject({ status: 401, success: false });
  });

  describe.skipIf(!findChromium())("in Chromium", () => {
    const origin = () => new URL(site.url).origin;
    async function visit(address: string) {
      if (!browser) throw new Error("Chromium is missing.");
      const watched = await openPage(browser, address);
      onTestFinished(() => watched.context.close());
      return watched;
    }

    /** Starts the widget for a tenant and opens it; with `signedIn` its token comes from the site's `/token`. */
    const startWidget = (page: Page, tenantId: string, signedIn = false) =>
      page.evaluate(
        ({ apiBaseUrl, tenantId, signedIn }) => {
          const authToken = () => fetch("/token").then((response) => response.text());
          const instance = window.AuraChatWidget?.init({
            apiBaseUrl,
            tenantId,
            ...(signedIn && { authToken }),
          });
          instance?.open();
        },
        { apiBaseUrl: server.url, tenantId, signedIn },
      );

    async function openWidget(page: Page, tenantId: string, signedIn = false): Promise<Frame> {
      await startWidget(page, tenantId, signedIn);
      const find = () => page.frames().find((frame) => frame.url().includes("/widget/frame"));
      return find() ?? (await page.waitForEvent("framenavigated", { predicate: () => !!find() }));
    }

    const update = (page: Page, authToken: string | null) =>
      page.evaluate(
        ({ apiBaseUrl, authToken }) => void window.AuraChatWidget?.init({ apiBaseUrl, authToken }),
        { apiBaseUrl: server.url, authToken },
      );

    async function ask(frame: Frame, text: string) {
      await frame.fill("textarea", text);
      await frame.press("textarea", "Enter");
      await frame.waitForSelector(`.turn:has-text("${text}") .tool`);
    }
    const questions = (frame: Frame) => frame.locator(".question").allTextContents();

    /** Statuses that the chat's own calls were answered with. */
    function watchStatuses(page: Page): number[] {
      const statuses: number[] = [];
      page.on("response", (response) => {
        if (response.url().endsWith("/chat-v2")) statuses.push(response.status());
      });
      return statuses;
    }

    it("keeps the plain helper's conversation in a frame of the server's own origin, sealed by its cookie", async () => {
      // Another site altogether, where only a partitioned cookie is kept.
      const { page, context } = await visit(site.url.replace("localhost", "127.0.0.1"));
      await context.route(`${server.url}/own-chat`, (route) =>
        route.fulfill({ contentType: "text/html", body: `<script>${HELPER}</script>` }),
      );
      await page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement("iframe"), { src }));
      }, `${server.url}/own-chat`);
      const frame = await page.waitForEvent("framenavigated", {
        predicate: (frame) => frame.url().endsWith("/own-chat"),
      });
      const send = (text: string, conversationId?: number) =>
        frame.evaluate(
          (message) => sendOrchaMessage(message),
          conversationId === undefined ? { text } : { text, conversationId },
        );
      await frame.waitForFunction(() => typeof sendOrchaMessage === "function");
      const { conversation_id } = await send("How do I embed the widget?");
      expect((await send("And on phones?", conversation_id)).conversation_id).toBe(conversation_id);
      expect(await post({ text: "Mine?", conversation_id })).toMatchObject({ message: NOT_YOURS });
      expect((await send("Still mine?", conversation_id)).conversation_id).toBe(conversation_id);
    });

    it("answers pages of listed origins, and tells the others why not", async () => {
      await admin.create("listed", { allowed_origins: [origin()] });
      const callFrom = async ({ url }: Site) => {
        const { page } = await visit(url);
        return page.evaluate(async (api) => {
          const response = await fetch(`${api}/api/v1/orcha/chat-v2`, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ text: "Hello", tenant_id: "listed" }),
          });
          const { message } = await response.json();
          return [response.status, response.headers.get("X-Orcha-Error"), message];
        }, server.url);
      };
      expect(await callFrom(site)).toEqual([200, null, ""]);
      expect(await callFrom(stranger)).toEqual([
        403,
        "forbidden",
        "This page is not one that this tenant allows.",
      ]);
    });

    it("shows the frame on listed pages only, under the tenant's name and in its colour", async () => {
      await admin.create("framed", {
        name: "Shop help",
        allowed_origins: [origin()],
        theme: { accent: "#ffcc00" },
      });
      const { page } = await visit(site.url);
      const frame = await openWidget(page, "framed");
      await frame.waitForSelector("h1 >> text=Shop help");
      const [paper, ink] = await frame.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(
          document.querySelector(".avatar") ?? document.body,
        );
        return [backgroundColor, color];
      });
      expect(paper).not.toBe("rgb(13, 107, 98)");
      expect(ink).toBe("rgb(255, 255, 255)");

      const other = await visit(stranger.url);
      const blocked = other.page.waitForEvent("console", {
        predicate: (message) => message.text().includes("frame-ancestors"),
      });
      await startWidget(other.page, "framed");
      await blocked;
      expect(await other.page.frames()[1]?.locator("textarea").count()).toBe(0);
    });

    it("takes a fresh token before one expires, and another one once when one is refused", async () => {
      await admin.create("signed");
      await admin.setSecret("signed", "main", SECRET);
      await admin.update("signed", { identity: { mode: "optional" } });
      await answersWith(200, { tenant_id: "signed" }, tokenFor("nobody"));
      const { page } = await visit(site.url);
      const statuses = watchStatuses(page);

      site.giveTokens(tokenFor("ada", 20), tokenFor("ada", 3600));
      const frame = await openWidget(page, "signed", true);
      await frame.waitForSelector("textarea");
      await ask(frame, "First");
      await ask(frame, "Second");
      await ask(frame, "Third");
      expect(statuses).toEqual([200, 200, 200]);
      expect(site.tokensGiven).toBe(2);

      site.giveTokens(
        tokenFor("ada", 3600, "another secret that nobody agreed upon"),
        tokenFor("ada"),
      );
      await page.reload();
      const again = await openWidget(page, "signed", true);
      // Reading the transcript is what is refused first.
      await again.waitForSelector(".question >> text=Third");
      expect(site.tokensGiven).toBe(2);
      await ask(again, "Fourth");
      expect(statuses).toEqual([200, 200, 200, 200]);

      site.giveTokens(tokenFor("ada", 3600, "another secret that nobody agreed upon"));
      const stale = await visit(site.url);
      const refused = watchStatuses(stale.page);
      const third = await openWidget(stale.page, "signed", true);
      await third.waitForSelector("textarea");
      await third.fill("textarea", "Fifth");
      await third.press("textarea", "Enter");
      await third.waitForSelector(".failure >> text=This credential is not valid.");
      expect(refused).toEqual([401]);
    });

    it("keeps the thread of a visitor who signs in, and shows it to nobody after signing out", async () => {
      const { page } = await visit(site.url);
      const frame = await openWidget(page, "signed");
      await frame.waitForSelector("textarea");
      await ask(frame, "Before signing in");
      const id = await frame.evaluate(() => Object.values({ ...sessionStorage })[0]);

      const handedOver = page.waitForResponse((response) => response.url().includes("/messages"));
      await update(page, tokenFor("grace"));
      expect((await handedOver).status()).toBe(200);
      await ask(frame, "After signing in");
      expect(await questions(frame)).toHaveLength(2);
      const authorization = { Authorization: `Bearer ${tokenFor("grace")}` };
      const read = `${server.url}/api/v1/orcha/conversations/${id}/messages?tenant_id=signed`;
      expect((await fetch(read, { headers: authorization })).status).toBe(200);

      const reset = page.waitForResponse((response) => response.url().includes("/visitor/reset"));
      await update(page, null);
      await reset;
      await frame.waitForSelector(".welcome");
      await ask(frame, "Who is next");
      expect(await questions(frame)).toEqual([expect.stringContaining("Who is next")]);
      expect(
        await frame.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })),
      ).not.toContain("Before signing in");

      await update(page, tokenFor("grace"));
      await ask(frame, "Back again");
      expect((await questions(frame)).join()).toContain("Who is next");
    });

    it("asks visitors to sign in where the tenant wants to know them", async () => {
      await admin.create("members");
      await admin.setSecret("members", "main", SECRET);
      await admin.update("members", { identity: { mode: "required" } });
      await answersWith(401, { tenant_id: "members" });
      const { page, problems } = await visit(site.url);
      const frame = await openWidget(page, "members");
      await frame.waitForSelector("h2 >> text=Please sign in to chat.");
      expect(await frame.locator("textarea, .failure").count()).toBe(0);
      expect(await post({ text: "Hi", tenant_id: "members" })).toMatchObject({
        status: 401,
        message: "Please sign in to chat.",
      });

      await update(page, tokenFor("ada"));
      await frame.waitForSelector("textarea");
      await ask(frame, "Now I am somebody");
      expect(problems).toEqual([]);
    });

    it("says calmly that a budget is used up, without a button that cannot help", async () => {
      await admin.create("frugal", { budget: { tokens_per_day: 10_000_000 } });
      const { page } = await visit(site.url);
      const frame = await openWidget(page, "frugal");
      await frame.waitForSelector("textarea");
      await page.context().route("**/chat-v2", (route) =>
        route.fulfill({
          headers: { "X-Orcha-Error": "budget_exhausted", "Access-Control-Allow-Origin": "*" },
          json: {
            success: false,
            message: "The assistant has reached its limit for now. Please come back later.",
            data: { text: "", conversation_id: null },
          },
        }),
      );
      await frame.fill("textarea", "Hello");
      await frame.press("textarea", "Enter");
      await frame.waitForSelector(".calm >> text=has reached its limit");
      expect(await frame.locator(".failure button").count()).toBe(0);
    });
  });
});
