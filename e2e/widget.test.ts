import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { chatFrame, openChat, openPage, startBrowser } from "./support/browser.ts";
import { passage, type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const PASSAGES = [
  passage(1, "Embed the widget", "Paste this before </body>."),
  { ...passage(2, "Policies", "One frame-src is enough."), url: "https://docs.example/p" },
];
const ANSWER = "Paste the **snippet**. [1]\n\n```html\n<script></script>\n```\n\nThat is all. [2]";

describe.skipIf(!findChromium())("the widget in Chromium", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    server.messages.length = 0;
    server.reply((turn) => {
      turn.start(PASSAGES);
      turn.delta(ANSWER);
      turn.end();
    });
  });

  /** The demo page, or a page of the test's own, in a fresh browser profile. */
  async function visit(options: BrowserContextOptions = {}, address = `${server.url}/demo`) {
    const watched = await openPage(browser, address, options);
    onTestFinished(() => watched.context.close());
    return watched;
  }

  async function ask(frame: Frame, text: string) {
    await frame.fill("textarea", text);
    await frame.press("textarea", "Enter");
  }

  it("streams an answer and shows the passage behind a citation", async () => {
    const { page, problems } = await visit();
    const frame = await openChat(page);
    let goOn: () => void = () => undefined;
    server.reply((turn) => {
      turn.start(PASSAGES);
      turn.delta("Paste the **snip");
      goOn = () => {
        turn.delta(ANSWER.slice("Paste the **snip".length));
        turn.end();
      };
    });
    await ask(frame, "How?");

    await frame.waitForSelector(".streaming strong >> text=snip");
    expect(await frame.getAttribute(".send", "aria-label")).toBe("Stop");
    goOn();
    await frame.click('.prose button.cite[data-source="2"]');
    await frame.waitForSelector("blockquote >> text=One frame-src is enough.");
    expect(await frame.locator(".sources [aria-expanded=true] .title").textContent()).toBe(
      "Policies",
    );
    expect(await frame.getAttribute(".sources a", "href")).toBe("https://docs.example/p");
    expect(await frame.textContent(".code pre")).toBe("<script></script>");
    expect(problems).toEqual([]);
  });

  it("sends the conversation's id, the visitor secret and use_rag", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    const before = server.asked.length;
    await ask(frame, "One");
    await frame.waitForSelector(".tool");
    await ask(frame, "Two");
    await frame.waitForSelector(".turn:nth-child(2) .tool");

    const [first, second] = server.asked.slice(before);
    expect(first?.body).toEqual({ text: "One", use_rag: true });
    expect(second?.body).toEqual({
      text: "Two",
      use_rag: true,
      conversation_id: "4311770212345678",
    });
    expect(first?.headers.get("X-Aura-Visitor")).toBe(server.visitors.at(-1));
    expect(second?.headers.get("X-Aura-Visitor")).toBe(first?.headers.get("X-Aura-Visitor"));
  });

  it("shows why a message was not answered, and Retry sends it again", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    server.reply(
      () => ({ refuse: "model_unavailable" }),
      (turn) => {
        turn.start();
        turn.end("Here it is.");
      },
    );
    await ask(frame, "Are you there?");
    await frame.waitForSelector(".failure >> text=The assistant cannot answer right now.");
    await frame.click("text=Retry");
    await frame.waitForSelector(".prose >> text=Here it is.");
    expect(await frame.locator(".failure").count()).toBe(0);
    expect(await frame.locator(".question").count()).toBe(1);
  });

  it("sends once on a double click", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    const before = server.asked.length;
    await frame.fill("textarea", "Once");
    await frame.dblclick(".send", { force: true });
    await frame.waitForSelector(".tool");
    await ask(frame, "Next");
    await frame.waitForSelector(".turn:nth-child(2) .tool");
    expect(server.asked.slice(before).map(({ body }) => body.text)).toEqual(["Once", "Next"]);
  });

  it("has the transcript again after a reload, failed turns included", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    await ask(frame, "Keep this");
    await frame.waitForSelector(".tool");
    server.reply((turn) => {
      turn.start();
      turn.fail("model_timeout");
    });
    await ask(frame, "And this");
    await frame.waitForSelector(".failure");

    await page.reload();
    const again = await openChat(page);
    await again.waitForSelector(".failure >> text=took too long");
    expect(await again.locator(".question").allTextContents()).toEqual([
      expect.stringContaining("Keep this"),
      expect.stringContaining("And this"),
    ]);
    expect(await again.textContent(".prose")).toContain("Paste the snippet.");
    await again.click("[aria-label='New conversation']");
    await again.waitForSelector(".welcome");
  });

  it("runs nothing and fetches nothing that an answer contains", async () => {
    const { page, problems, requests } = await visit();
    const frame = await openChat(page);
    const hostile = [
      "<script>alert(1)</script><img src=https://evil.example/a onerror=alert(2)>",
      "[x](javascript:alert(3)) [y](javascript://x.example/%0aalert(7)) ![pixel](https://evil.example/b.png) https://evil.example/c",
      "<iframe src=https://evil.example/d></iframe><svg onload=alert(4)>",
      "| <img src=x onerror=alert(5)> |\n|---|\n| ![](https://evil.example/e) |",
      '```"><img src=https://evil.example/f>\n<style>@import "https://evil.example/g"</style>\n```',
    ].join("\n\n");
    server.reply((turn) => {
      turn.start([{ ...passage(1, hostile, hostile), url: "javascript:alert(6)" }]);
      for (let at = 0; at < hostile.length; at += 7) turn.delta(hostile.slice(at, at + 7));
      turn.end(`${hostile} [1]`);
    });
    await ask(frame, hostile);
    await frame.click(".sources button");
    await frame.waitForSelector(".sources blockquote");
    for (const link of await frame.locator(".prose a").all()) await link.hover();

    expect(problems).toEqual([]);
    expect(requests.filter((url) => !/^(?:data:|http:\/\/127\.0\.0\.1:)/.test(url))).toEqual([]);
    expect(await frame.locator("a[href^=javascript]").count()).toBe(0);
    expect(await frame.locator("img, script:not(head script), iframe, style").count()).toBe(0);
  });

  it("keeps an opened source inside the panel, however long its lines are", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    const long = `Paste this:\n\n\`\`\`\n${"x".repeat(300)}\n\`\`\``;
    server.reply((turn) => {
      turn.start([passage(1, "Embed the widget", long)]);
      turn.end("Here. [1]");
    });
    await ask(frame, "How?");
    await frame.click(".sources li > button");
    await frame.waitForSelector(".sources blockquote");
    const overflow = await frame.evaluate(() => {
      const main = document.querySelector("main");
      return main ? main.scrollWidth - main.clientWidth : -1;
    });
    expect(overflow).toBe(0);
  });

  it("does not send with the Enter that accepts a composed word, in Safari's form too", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    const before = server.asked.length;
    await frame.fill("textarea", "にほん");
    const composing = { key: "Enter", keyCode: 229, bubbles: true };
    await frame.dispatchEvent("textarea", "keydown", { ...composing, isComposing: true });
    await frame.dispatchEvent("textarea", "keydown", composing);
    expect(await frame.inputValue("textarea")).toBe("にほん");
    await frame.press("textarea", "Enter");
    await frame.waitForSelector(".tool");
    expect(server.asked.slice(before).map(({ body }) => body.text)).toEqual(["にほん"]);
  });

  it("is used by keyboard alone, and gives the focus back", async () => {
    const { page } = await visit();
    await page.waitForFunction(() => document.querySelector("aura-chat"));
    const launcher = () => launcherState(page);
    expect(await launcher()).toEqual({ name: "ORCHA", expanded: false });
    await page.focus("[data-copy-snippet]");
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.localName === "aura-chat")) break;
    }
    await page.keyboard.press("Enter");
    const frame = await chatFrame(page);
    await frame.waitForFunction(() => document.activeElement?.localName === "textarea");
    expect(await launcher()).toEqual({ name: "ORCHA", expanded: true });

    await page.keyboard.type("One");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    expect(await frame.inputValue("textarea")).toBe("One\ntwo");
    await page.keyboard.press("Enter");
    await frame.waitForSelector(".tool");
    expect(await frame.inputValue("textarea")).toBe("");

    await page.keyboard.press("Escape");
    await expect.poll(launcher).toEqual({ name: "ORCHA", expanded: false });
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe("aura-chat");
  });

  it("tells a screen reader sentences, not tokens", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    server.reply(async (turn) => {
      turn.start();
      for (const piece of ["It ", "wor", "ks. ", "It is ", "**easy** [1]. ", "Done"])
        turn.delta(piece);
      turn.end();
    });
    await ask(frame, "Does it work?");
    const spoken = frame.locator(".unseen[role=status] p");
    await expect.poll(() => spoken.allTextContents()).toEqual(["It works.", "It is easy.", "Done"]);
  });

  it("stays where the reader is, and says that there is new text", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    const paragraph = "A paragraph of the answer that takes some room. ".repeat(4);
    let goOn: () => void = () => undefined;
    server.reply((turn) => {
      turn.start();
      void (async () => {
        for (let piece = 0; piece < 8; piece += 1) {
          turn.delta(`${paragraph}\n\n`);
          await new Promise((next) => setTimeout(next, 40));
        }
      })();
      goOn = () => turn.delta(`${paragraph}\n\n`.repeat(3));
    });
    await ask(frame, "Tell me more");
    const scrollTop = () => frame.evaluate(() => document.querySelector("main")?.scrollTop ?? 0);
    await expect.poll(scrollTop).toBeGreaterThan(200);
    await frame.evaluate(() => document.querySelector("main")?.scrollTo(0, 40));
    // The scroll event comes with the next frame.
    await frame.evaluate(
      () => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen))),
    );
    goOn();
    await frame.click("text=New text");
    await expect.poll(scrollTop).toBeGreaterThan(400);
    expect(await frame.locator(".pill").count()).toBe(0);
  });

  it("begins a long answer that comes in one piece at its top, and goes to a source on demand", async () => {
    const { page } = await visit();
    const frame = await openChat(page);
    server.reply((turn) => {
      turn.start(PASSAGES);
      turn.delta(`${"A paragraph that takes some room. ".repeat(6)}[1]\n\n`.repeat(9));
      turn.end();
    });
    await ask(frame, "All of it");
    await frame.waitForSelector(".tool");
    const top = (selector: string) =>
      frame.locator(selector).evaluate((element) => element.getBoundingClientRect().top);
    expect(await top(".question")).toBeGreaterThan(0);
    await frame.locator(".prose .cite").first().click();
    await expect.poll(() => top(".sources [aria-expanded=true]")).toBeLessThan(600);
  });

  // axe cannot look into a closed shadow root, so the frame is opened by its own address.
  it.each(["light", "dark"] as const)(
    "has no accessibility violation in %s",
    async (colorScheme) => {
      const options = { colorScheme, reducedMotion: "reduce" } as const;
      const { page } = await visit(options, `${server.url}/widget/frame?api=${server.url}`);
      const frame = page.mainFrame();
      await frame.waitForSelector("textarea");
      expect(await violations(page)).toEqual([]);

      await ask(frame, "How?");
      await frame.click(".prose .cite");
      server.reply(() => ({ refuse: "rate_limited" }));
      await ask(frame, "Again?");
      await frame.waitForSelector(".failure");
      await frame.fill("textarea", "x".repeat(8001));
      expect(await violations(page)).toEqual([]);

      const demo = await visit(options);
      await demo.page.waitForFunction(() => document.querySelector("aura-chat"));
      expect(await violations(demo.page)).toEqual([]);
    },
  );

  it.each([390, 320])("fills a phone of %i px without scrolling sideways", async (width) => {
    const { page } = await visit({
      viewport: { width, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const frame = await openChat(page);
    await ask(frame, `A${"very".repeat(30)}LongWord`);
    await frame.waitForSelector(".tool");
    const size = await frame.evaluate(() => ({
      width: window.innerWidth,
      height: window.innerHeight,
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      inner: (document.querySelector("main")?.scrollWidth ?? 0) - window.innerWidth,
      font: Number.parseFloat(
        getComputedStyle(document.querySelector("textarea") ?? document.body).fontSize,
      ),
    }));
    expect(size).toEqual({ width, height: 844, overflow: 0, inner: 0, font: 16 });
  });

  describe("loads little", () => {
    const filesIn = (requests: readonly string[]) =>
      requests.filter((url) => url.includes("/widget/")).map((url) => new URL(url).pathname);
    const ALL = [
      "/widget/v1/aura.js",
      "/widget/frame",
      expect.stringMatching(/^\/widget\/assets\/chunk-\w+\.js$/),
    ];

    it("once the page is there and idle, and nothing more when the chat is opened", async () => {
      const { page, requests } = await visit();
      const prepared = await chatFrame(page);
      expect(filesIn(requests)).toEqual(ALL);
      expect(await page.evaluate(() => document.activeElement?.localName)).toBe("body");
      expect(await launcherState(page)).toEqual({ name: "ORCHA", expanded: false });
      expect(await openChat(page)).toBe(prepared);
      expect(filesIn(requests)).toEqual(ALL);
    });

    it("for visitors who save data not before they show interest", async () => {
      const { page, requests } = await visit({}, "about:blank");
      await page.addInitScript(() => {
        Object.defineProperty(navigator, "connection", { value: { saveData: true } });
        window.addEventListener("load", () =>
          requestIdleCallback(() => document.body.classList.add("idle")),
        );
      });
      await page.goto(`${server.url}/demo`);
      await page.waitForSelector("body.idle");
      expect(filesIn(requests)).toEqual(ALL.slice(0, 1));
      const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
      await page.mouse.move(width - 50, height - 50);
      await chatFrame(page);
      expect(filesIn(requests)).toEqual(ALL);
    });
  });

  describe("on somebody else's page", () => {
    const other = () => server.url.replace("127.0.0.1", "localhost");
    const script = () => `<script src="${server.url}/widget/v1/aura.js"></script>`;

    function host(path: string, html: string, headers: Record<string, string> = {}) {
      server.page(
        `/host/${path}`,
        `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body>${html}`,
        headers,
      );
      return visit({}, `${other()}/host/${path}`);
    }

    it("starts by the script tag's attributes alone", async () => {
      const tag = `<script src="${server.url}/widget/v1/aura.js" data-api-base-url="${server.url}" data-header-title="Shop" data-starters="A?|B?"></script>`;
      const { page } = await host("data", tag);
      const frame = await openChat(page);
      expect(await frame.textContent("h1")).toBe("Shop");
      expect(await frame.locator(".starters button").allTextContents()).toEqual(["A?", "B?"]);
    });

    it("stays one widget when it is loaded and started twice, and takes new options over", async () => {
      const init = (title: string) =>
        `<script>window.one=window.two;window.two=AuraChatWidget.init({apiBaseUrl:"${server.url}",header:{title:"${title}"}})</script>`;
      const { page, problems } = await host("twice", script() + init("A") + script() + init("B"));
      const frame = await openChat(page);
      expect(await page.locator("aura-chat").count()).toBe(1);
      expect(await frame.textContent("h1")).toBe("B");
      expect(await page.evaluate("window.one === window.two")).toBe(true);

      await page.evaluate("window.two.update({ header: { title: 'C' }, colorScheme: 'dark' })");
      await expect.poll(() => frame.textContent("h1")).toBe("C");
      expect(await frame.getAttribute("html", "class")).toBe("dark");
      await page.evaluate("window.two.destroy()");
      expect(await page.locator("aura-chat").count()).toBe(0);
      expect(problems).toEqual([]);
    });

    it("sends the page's token as it is at that moment, and never in an address", async () => {
      const init = `<script>let n=0;AuraChatWidget.init({apiBaseUrl:"${server.url}",authToken:async()=>"token-"+ ++n})</script>`;
      const { page, requests } = await host("token", script() + init);
      const frame = await openChat(page);
      const before = server.asked.length;
      await ask(frame, "Hi");
      await frame.waitForSelector(".tool");
      expect(server.asked[before]?.headers.get("Authorization")).toMatch(/^Bearer token-\d$/);
      expect(requests.join()).not.toContain("token-");
    });

    it("gives the token to nobody who poses as its frame", async () => {
      const init = `<script>AuraChatWidget.init({apiBaseUrl:"${server.url}",authToken:"jwt"});
        window.heard=[];const fake=document.createElement("iframe");document.body.append(fake);
        fake.contentWindow.addEventListener("message",()=>window.heard.push("fake was answered"));
        const say=(word)=>{fake.contentWindow.eval("parent.postMessage("+JSON.stringify(word)+",'*')");postMessage(word,"*")};
        let repeats=0;addEventListener("message",({data,source})=>{window.heard.push(data);if(repeats++<1)say(data)});
        window.tell=()=>{for(const word of ["","1,2,3,41",null,{nonce:""}])say(word)};</script>`;
      const { page } = await host("poser", script() + init);
      const frame = await openChat(page);
      await page.evaluate("window.tell()");
      // Whatever was said before this has been heard when it is answered.
      await ask(frame, "Hi");
      await frame.waitForSelector(".tool");
      const heard = await page.evaluate<unknown[]>("window.heard");
      expect(heard).toContainEqual(expect.stringMatching(/^[\d,]+$/));
      expect(heard).not.toContain("fake was answered");
    });

    it("refuses a secret API key with a console error", async () => {
      const init = `<script>AuraChatWidget.init({apiBaseUrl:"${server.url}",authToken:"orcha_sk_1"})</script>`;
      const { page, problems } = await host("secret", script() + init);
      const frame = await openChat(page);
      const before = server.asked.length;
      await ask(frame, "Hi");
      await frame.waitForSelector(".tool");
      expect(server.asked[before]?.headers.get("Authorization")).toBeNull();
      expect(problems).toContainEqual(expect.stringContaining("secret API key"));
    });

    it("opens in a sandboxed page, whose origin has no name", async () => {
      const init = `<script>AuraChatWidget.init({apiBaseUrl:"${server.url}",header:{title:"Boxed"}})</script>`;
      const { page } = await host("sandbox", script() + init, {
        "Content-Security-Policy": "sandbox allow-scripts",
      });
      const frame = await openChat(page);
      expect(await frame.textContent("h1")).toBe("Boxed");
    });

    it("leaves the page running when its options are wrong", async () => {
      const init = `<script>AuraChatWidget.init({});AuraChatWidget.init();window.after=true</script>`;
      const { page } = await host("wrong", script() + init);
      expect(await page.evaluate("window.after")).toBe(true);
      expect(await page.locator("aura-chat").count()).toBe(0);
    });
  });
});

/** What assistive technology is told of the launcher, which lives in a closed shadow root. */
async function launcherState(page: Page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const expandable = nodes
    .filter(({ role }) => role?.value === "button")
    .map(({ name, properties }) => ({
      name: name?.value,
      expanded: properties?.find(({ name }) => name === "expanded")?.value.value,
    }));
  return expandable.find(({ expanded }) => expanded !== undefined);
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
