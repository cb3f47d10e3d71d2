import { say } from "../kit.ts";

/** Makes one element. Every tag and attribute name in the answer is a literal of this folder: that is the allow-list. */
export function el(
  tag: string,
  children: readonly (Node | string)[] = [],
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name] ?? "");
  element.append(...children);
  return element;
}

/** Text that finds its own direction. */
export function directed(tag: string, children: readonly (Node | string)[]): HTMLElement {
  return el(tag, children, { dir: "auto" });
}

/** A block of code with its Copy button; the view does the copying. */
export function codeBlock(code: readonly (Node | string)[]): HTMLElement {
  // Wide code scrolls, and what scrolls must be reachable by keyboard.
  const box = { tabindex: "0", dir: "ltr", role: "group", "aria-label": say("code") };
  return el(
    "div",
    [
      el("button", [say("copy")], { type: "button", class: "copy-code" }),
      el("pre", [el("code", code)], box),
    ],
    { class: "code" },
  );
}

/** A table from rows of cells, the first row being its head. */
export function table([head, ...body]: readonly (readonly Node[][])[]): HTMLElement {
  const row = (cells: readonly Node[][], tag: string) =>
    el(
      "tr",
      cells.map((cell) => el(tag, cell)),
    );
  const parts = [el("thead", [row(head ?? [], "th")])];
  if (body.length > 0)
    parts.push(
      el(
        "tbody",
        body.map((cells) => row(cells, "td")),
      ),
    );
  const attributes = { class: "table", tabindex: "0", role: "group", "aria-label": say("table") };
  return el("div", [directed("table", parts)], attributes);
}

/** The box of a task list. */
export function checkbox(done: boolean): HTMLElement {
  return el("span", [], {
    class: done ? "task done" : "task",
    role: "img",
    "aria-label": say(done ? "done" : "open"),
  });
}

/** A link out of the chat, with the place it really leads to. */
export function link(
  href: string,
  place: string,
  children: readonly (Node | string)[],
): HTMLElement {
  return el("a", children, {
    href,
    title: place,
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  });
}
