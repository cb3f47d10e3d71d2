import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import {
  makeDataDir,
  type PackagedServer,
  runCommand,
  startPackagedServer,
} from "./support/packaged-server.ts";

const LINK = /\S+\/console\/#link=[\w-]{43}/;
const PASSWORD = "correct horse";
/** What Chromium itself writes down about an answer of 400 or above. */
const REFUSED = /^console: Failed to load resource/;

describe.skipIf(!findChromium())("the console in Chromium", () => {
  let dataDir: string;
  let server: PackagedServer;
  let browser: Browser;
  beforeAll(async () => {
    dataDir = await makeDataDir();
    [server, browser] = await Promise.all([startPackagedServer({ dataDir }), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  async function visit(address: string, options: BrowserContextOptions = {}) {
    const watched = await openPage(browser, address, options);
    onTestFinished(() => watched.context.close());
    await watched.page.waitForSelector("h1");
    return watched;
  }

  const linkIn = (output: string) => LINK.exec(output)?.[0] ?? "";
  const heading = (page: Page, text: string) => page.waitForSelector(`h1 >> text=${text}`);

  async function violations(page: Page): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      // A transition between the two would be measured half way.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const report = await new AxeBuilder({ page }).analyze();
      found.push(...report.violations.map(({ id }) => `${colorScheme}: ${id}`));
    }
    return found;
  }

  async function fill(page: Page, fields: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
    await page.keyboard.press("Enter");
  }

  it("leads the first owner in by the printed link, and out again", async () => {
    const link = linkIn(await server.line(LINK));
    const { page, problems, requests } = await visit(link);
    await heading(page, "Welcome to ORCHA");
    expect(await violations(page)).toEqual([]);

    await page.click("text=Create account");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("email");
    await page.waitForSelector("[name=email][aria-invalid=true]");
    expect(await violations(page)).toEqual([]);

    await fill(page, { email: "ada@example.com", name: "Ada", password: PASSWORD });
    await heading(page, "Hello, Ada");
    expect(page.url()).toBe(`${server.url}/console/`);
    expect(await page.textContent(".roles")).toBe("The whole installationowner");
    expect(await violations(page)).toEqual([]);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: "orcha_session", httpOnly: true, sameSite: "Strict" });

    await page.reload();
    await heading(page, "Hello, Ada");
    await page.click("text=Sign out");
    await page.waitForSelector("[role=status] >> text=You are signed out.");
    expect(await page.inputValue("[name=email]")).toBe("ada@example.com");
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);

    await fill(page, { password: "wrong password" });
    await page.waitForSelector("[role=alert] >> text=do not match");
    expect(await violations(page)).toEqual([]);
    await fill(page, { password: PASSWORD });
    await heading(page, "Hello, Ada");
    expect(problems.filter((problem) => !REFUSED.test(problem))).toEqual([]);
    expect(requests.filter((request) => !request.startsWith(`${server.url}/`))).toEqual([]);
    expect(requests.join()).not.toContain(link.split("#link=")[1]);
  });

  it("says so when a link was used, and leads to signing in", async () => {
    const { page } = await visit(linkIn(await server.line(LINK)));
    await heading(page, "This link does not work");
    await page.click("text=Go to sign-in");
    await heading(page, "Sign in");
    expect(page.url()).toBe(`${server.url}/console/`);
  });

  it("lets in who was invited on the command line, on a phone", async () => {
    const env = { ORCHA_DATA_DIR: dataDir, ORCHA_PUBLIC_URL: server.url };
    const invite = ["operator", "invite", "--email", "bob@example.com", "--role", "viewer"];
    const invited = await runCommand([...invite, "--tenant", "external_widget"], env);
    expect(invited.status).toBe(0);
    const { page, problems } = await visit(linkIn(invited.output), {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
    });
    await page.waitForSelector("[name=email][readonly]");
    expect(await page.inputValue("[name=email]")).toBe("bob@example.com");
    await fill(page, { name: "Bob", password: PASSWORD });
    await heading(page, "Hello, Bob");
    expect(await page.textContent(".roles")).toBe("external_widgetviewer");
    const overflow = () => document.documentElement.scrollWidth - innerWidth;
    expect(await page.evaluate(overflow)).toBe(0);

    const list = await runCommand(["operator", "list"], env);
    expect(list.output).toContain("bob@example.com  Bob  active  viewer of external_widget");
    const off = await runCommand(["operator", "disable", "--email", "bob@example.com"], env);
    expect(off.output).toContain("signed out everywhere");
    await page.reload();
    await heading(page, "Sign in");
    expect(problems).toEqual([]);
  });

  it("changes the password, and ends the other sessions", async () => {
    const reset = await runCommand(["operator", "reset", "--email", "ada@example.com"], {
      ORCHA_DATA_DIR: dataDir,
      ORCHA_PUBLIC_URL: server.url,
    });
    const first = await visit(linkIn(reset.output));
    await heading(first.page, "Choose a new password");
    await fill(first.page, { password: "battery staple" });
    await heading(first.page, "Hello, Ada");

    const second = await visit(`${server.url}/console/`);
    await fill(second.page, { email: "ada@example.com", password: "battery staple" });
    await heading(second.page, "Hello, Ada");
    await second.page.click("text=Change password");
    expect(await violations(second.page)).toEqual([]);
    await fill(second.page, { current: "battery staple", next: PASSWORD });
    await second.page.waitForSelector("text=Changed. Other sessions have ended.");

    await first.page.reload();
    await heading(first.page, "Sign in");
  });

  it("runs no script but its own, and is framed by nobody", async () => {
    const response = await fetch(`${server.url}/console/`);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe");
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy ?? "") ?? [];
    expect(await response.text()).toContain(`nonce="${nonce}"`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const guide = await fetch(`${server.url}/console/operate.md`);
    expect(guide.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });
});
