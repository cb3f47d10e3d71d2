import type { Frame, Page } from "playwright-core";

const MOST_STOPS = 80;

/** A visitor without a pointer. */
export interface Keyboard {
  /** Presses Tab until the control of this name has the focus. */
  goTo(name: string | RegExp): Promise<void>;
  /** Goes to a control and presses it. */
  use(name: string | RegExp): Promise<void>;
  type(text: string): Promise<void>;
  press(key: string): Promise<void>;
  /** The accessible name of what has the focus in the frame. */
  focused(): Promise<string>;
}

/** Uses the frame of a page by keys alone. */
export function keyboardOf(page: Page, frame: Frame): Keyboard {
  const focused = () =>
    frame.evaluate(() => {
      const active = document.activeElement;
      if (!document.hasFocus() || !active || active === document.body) return "";
      const named = active.getAttribute("aria-label") ?? active.textContent ?? "";
      return named.trim();
    });
  const goTo = async (name: string | RegExp) => {
    const passed: string[] = [];
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      const here = await focused();
      if (typeof name === "string" ? here === name : name.test(here)) return;
      passed.push(here);
      await page.keyboard.press("Tab");
    }
    throw new Error(`${name} cannot be reached: ${[...new Set(passed)].join(" | ")}`);
  };
  return {
    goTo,
    focused,
    async use(name) {
      await goTo(name);
      await page.keyboard.press("Enter");
    },
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
  };
}
