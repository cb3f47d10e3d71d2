import "../i18n/testing/speak-english.ts";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createMarkdownView } from "./markdown.ts";

const { document } = parseHTML("<html><body></body></html>");
beforeAll(() => void vi.stubGlobal("document", document));
afterAll(() => void vi.unstubAllGlobals());

/** The drawn answer, written in pieces of the given length. */
function draw(text: string, pieceLength = text.length || 1) {
  const root = document.createElement("div");
  const view = createMarkdownView(root, ["Guide", "Prices"]);
  for (let end = pieceLength; end < text.length; end += pieceLength) {
    view.show(text.slice(0, end), false);
  }
  view.show(text, true);
  return root;
}

function html(text: string) {
  return draw(text).innerHTML.replaceAll(' dir="auto"', "");
}

describe("Markdown in an answer", () => {
  it("draws what chat models write", () => {
    expect(html("Use **bold**, *it* and `code`.")).toBe(
      "<p>Use <strong>bold</strong>, <em>it</em> and <code>code</code>.</p>",
    );
    expect(html("## Title\n1. one\n2. two\n   - nested")).toBe(
      "<h2>Title</h2><ol><li>one</li><li>two<ul><li>nested</li></ul></li></ol>",
    );
    expect(draw("| a | b |\n|---|---|\n| 1 | 2 |").querySelectorAll("th,td")).toHaveLength(4);
    expect(draw("```ts\nconst a_b = `$x`; // [1]\n```").querySelector("pre")?.textContent).toBe(
      "const a_b = `$x`; // [1]",
    );
  });

  it("leaves names, prices and variables as they are", () => {
    const text = "Set ORCHA_MAX_TEXT_CHARS or snake_case_name to $5, $HOME and $PATH, 2*3 = 6";
    expect(html(text)).toBe(`<p>${text}</p>`);
    expect(html("`echo $HOME_X` and _foo_bar_")).toBe(
      "<p><code>echo $HOME_X</code> and <em>foo_bar</em></p>",
    );
  });

  it("gives the marks of unclosed emphasis and links back as text", () => {
    expect(html("an **open end\n\nand ~~on")).toBe("<p>an **open end</p><p>and ~~on</p>");
    expect(draw("a [link](https://exa").textContent).toBe("a [link](https://exa");
    expect(html("a [note] b")).toBe("<p>a [note] b</p>");
  });

  it("makes chips of citations of known sources, not in code and not of others", () => {
    const root = draw("One [1], both [1, 2], none [3], `code[1]`, [2](https://x.example/).");
    const chips = [...root.querySelectorAll("button.cite")];
    expect(chips.map((chip) => chip.textContent)).toEqual(["1", "1", "2"]);
    expect(chips[2]?.getAttribute("aria-label")).toBe("Source 2: Prices");
    expect(root.querySelector("code")?.textContent).toBe("code[1]");
    expect(root.textContent).toContain("none [3]");
  });

  it("shows where a link leads and leads nowhere back", () => {
    const link = draw("[bank.example](https://bank.example@evil.example/a_b)").querySelector("a");
    expect(link?.getAttribute("title")).toBe("evil.example");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(link?.getAttribute("target")).toBe("_blank");
  });

  it("keeps the full stop out of a bare address", () => {
    const root = draw("See https://x.example/a.");
    expect(root.querySelector("a")?.getAttribute("href")).toBe("https://x.example/a");
    expect(root.textContent).toBe("See https://x.example/a.");
  });

  it("draws the same however the stream is cut", () => {
    const text =
      "# T\nA **b _c_ d** [1] and [l](https://x.example/q_w). snake_case $5\n\n> q\n\n" +
      "- [x] a\n- b\n\n```sh\nls $A_B\n```\n| a |\n|---|\n| `x` |\n\nhttps://y.example/z_z, end_";
    const whole = draw(text).innerHTML;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (length) => {
        expect(draw(text, length).innerHTML).toBe(whole);
      }),
    );
  });

  it("takes what is open at the growing end as meant", () => {
    const root = document.createElement("div");
    const view = createMarkdownView(root, []);
    view.show("Press **Re", false);
    expect(root.innerHTML).toBe('<p dir="auto">Press <strong>Re</strong></p>');
    view.show("Press **Return** in [the list](https://x.ex", false);
    expect(root.textContent).toBe("Press Return in the list");
  });

  it("leaves finished nodes alone while the answer grows", () => {
    const root = document.createElement("div");
    const view = createMarkdownView(root, ["Guide"]);
    view.show("First [1].\n\n```\ncode", false);
    const [chip, copy] = root.querySelectorAll("button");
    view.show("First [1].\n\n```\ncode and more\n```\n\nLast.", true);
    expect([...root.querySelectorAll("button")]).toEqual([chip, copy]);
    expect(root.querySelector("pre")?.textContent).toBe("code and more");
  });

  it("reads lists as models write them", () => {
    expect(html("1. one\n  - two spaces\n\n2. two\n\n   more")).toBe(
      "<ol><li>one<ul><li>two spaces</li></ul></li><li>two<p>more</p></li></ol>",
    );
    expect(html("Text:\n- a\n- b\nafter")).toBe(
      "<p>Text:</p><ul><li>a</li><li>b</li></ul><p>after</p>",
    );
    expect(html("3) three\n4) four")).toBe('<ol start="3"><li>three</li><li>four</li></ol>');
    expect(html("- a\n  ```\n  code\n  ```")).toContain("<code>code</code>");
  });

  it("reads nested emphasis, escapes, entities and breaks", () => {
    expect(html("***a*** **b *c* d** *e **f** g* \\*h\\* &lt;i&gt; j  \nk")).toBe(
      "<p><strong><em>a</em></strong> <strong>b <em>c</em> d</strong> <em>e <strong>f</strong> g</em>" +
        " *h* &lt;i&gt; j<br>k</p>",
    );
    expect(html("[wiki](https://x.example/a_(b)) and (https://x.example/a_(b)).")).toMatch(
      /href="https:\/\/x.example\/a_\(b\)".*\(<a .*href="https:\/\/x.example\/a_\(b\)"/,
    );
  });

  it("starts over when the final text is another one", () => {
    const root = document.createElement("div");
    const view = createMarkdownView(root, []);
    view.show("Some **dra", false);
    view.show("The answer.", true);
    expect(root.textContent).toBe("The answer.");
  });
});

const PAYLOADS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  '<iframe srcdoc="<script>alert(1)</script>">',
  "<style>@import 'https://evil.example/x.css'</style>",
  '<a href="javascript:alert(1)">x</a>',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x]( javascript:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](java\nscript:alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](javascript://x.example/%0aalert(1))",
  "javascript://x.example/%0aalert(1)",
  "<javascript://x.example/%0aalert(1)>",
  "[x](vbscript:msgbox(1))",
  "[x](blob:https://x.example/1)",
  "[x](file:///etc/passwd)",
  '[x](https://x.example" onmouseover="alert(1))',
  "![x](javascript:alert(1))",
  '![x" onerror="alert(1)](https://evil.example/pixel.png)',
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "<javascript:alert(1)>",
  "[x]: javascript:alert(1)\n\n[x]",
  '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
  "```\u0000<img src=x onerror=alert(1)>",
  "| <img src=x onerror=alert(1)> |\n|---|\n| [x](javascript:alert(1)) |",
  "- [x] <img src=x onerror=alert(1)>",
  "9999999999999999. x",
  "$$\n<img src=x onerror=alert(1)>\n$$",
  "\\(<script>alert(1)</script>\\)",
  "https://x.example/<script>alert(1)</script>",
  'https://x.example/"onmouseover="alert(1)',
  "<br onload=alert(1)><br/><br >",
  "**<b onclick=alert(1)>**",
  "[<img src=x onerror=alert(1)>](https://x.example)",
  "[![x](https://evil.example/a.png)](https://x.example)",
  "</div></main><base href=https://evil.example>",
  "<form action=https://evil.example><input name=a>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
];
const TAGS = new Set(
  "A BLOCKQUOTE BR BUTTON CODE DIV EM H2 HR LI OL P PRE S SPAN STRONG TABLE TBODY TD TH THEAD TR UL".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "aria-label class data-source dir href rel role start tabindex target title type".split(" "),
);

function expectInert(root: Element) {
  for (const element of root.querySelectorAll("*")) {
    expect(TAGS).toContain(element.tagName);
    for (const { name, value } of element.attributes) {
      expect(ATTRIBUTES).toContain(name);
      if (name === "href") expect(value).toMatch(/^(?:https?:|mailto:)/);
    }
  }
}

describe("hostile text in an answer", () => {
  it.each(PAYLOADS)("makes nothing that runs or loads of %j", (payload) => {
    for (const length of [1, 3, payload.length]) expectInert(draw(payload, length));
    expectInert(draw(`> - **${payload}**`));
  });

  it("makes nothing that runs or loads of any mixture", () => {
    const piece = fc.oneof(
      fc.constantFrom(...PAYLOADS),
      fc.string(),
      fc.constantFrom(..."[]()<>*_`#|!\\\n -"),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (parts, length) => {
          expectInert(draw(parts.join(""), length));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("stays shallow and quick on text made to be slow", () => {
    const patterns = [
      ">",
      "*_",
      "**",
      "[",
      "![",
      "- ",
      "`",
      "| ",
      "[x](",
      "(",
      "<br",
      "\\[",
      "$",
      "~~",
      "_a",
      "# ",
      "\n",
      "1. ",
      "  - a\n",
      "[1]",
      "|-",
      "- ",
      "-",
      "a|b\n|-",
      "&",
      "https://a)",
      "(",
    ];
    for (const pattern of patterns) {
      const text = `${pattern.repeat(Math.ceil(20_000 / pattern.length))}x`;
      const started = performance.now();
      const root = draw(text, 10_000);
      expect(performance.now() - started, JSON.stringify(pattern)).toBeLessThan(8000);
      expect(depth(root), JSON.stringify(pattern)).toBeLessThan(80);
    }
  });
});

function depth(element: Element): number {
  let deepest = 0;
  const walk: [Element, number][] = [[element, 1]];
  for (let next = walk.pop(); next; next = walk.pop()) {
    const [current, level] = next;
    deepest = Math.max(deepest, level);
    for (const child of current.children) walk.push([child, level + 1]);
  }
  return deepest;
}
