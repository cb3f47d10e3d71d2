import type { Page, Question } from "../protocol.ts";
import type { InitOptions } from "../surface.ts";

/** Where a widget stands; nothing while the page does not have that place. @throws once the page has been read. */
export function findPlace({ mode, target }: InitOptions): Element | null | undefined {
  const place =
    mode !== "inline"
      ? document.body
      : typeof target === "string"
        ? document.querySelector(target)
        : target;
  if (!place && document.readyState !== "loading") throw Error("target?");
  return place;
}

/** The options as plain data, whatever the page passed; the token stays here, and only its number goes on. */
export function frameOptions(
  { authToken, target, ...options }: InitOptions,
  tokens: number,
): string {
  return JSON.stringify({ ...options, token: authToken ? tokens : 0 });
}

/** What the page answers to its frame. */
export async function answer(name: Question, { authToken }: InitOptions): Promise<unknown> {
  if (name === "token") return typeof authToken === "function" ? authToken() : authToken;
  const page: Page = { url: location.href, title: document.title };
  return page;
}

/** What a click asks of the widget with that id: empty only opens it, nothing is no question. */
export function askedBy(event: Event, id: string): string | undefined {
  const { target } = event;
  const element = target instanceof Element && target.closest<HTMLElement>("[data-aura-ask]");
  if (!element || (element.dataset.auraId ?? "default") !== id) return undefined;
  // A link or a submit button with it is for pages whose scripts do not run.
  event.preventDefault();
  return element.dataset.auraAsk;
}

/** On a phone the panel takes exactly what is visible: a frame cannot see the on-screen keyboard. */
export function followViewport(
  { style }: HTMLElement,
  listen: (type: string, handler: () => void, target: EventTarget) => void,
): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  for (const type of ["resize", "scroll"])
    listen(
      type,
      () => {
        // While the reader zooms in, the page and not the panel should move.
        if (viewport.scale < 1.01)
          style.cssText = `--height:${viewport.height}px;--top:${viewport.offsetTop}px`;
      },
      viewport,
    );
}

/** Logs a mistake of the page's; it must not break the page. */
export function complain(error: unknown): null {
  console.error("[aura]", error);
  return null;
}
