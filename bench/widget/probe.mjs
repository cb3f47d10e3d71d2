/** What the probe says on the console when a field has taken its first character. */
export const TYPED = "bench: typed";

/**
 * What one frame of the page has seen; times since the epoch, in milliseconds, undefined before they come.
 *
 * @typedef {{
 *   clickedAt?: number,
 *   shownAt?: number,
 *   typedAt?: number,
 *   longTasks: { at: number, ms: number }[],
 *   shift: number,
 * }} Seen
 */

/**
 * Runs in every frame before its own scripts and keeps what it sees at `window.benchSeen`.
 *
 * @param {{ takesFocus: boolean, savesData: boolean, typed: string }} settings
 */
export function probe({ takesFocus, savesData, typed }) {
  /** @type {Seen} */
  const seen = { longTasks: [], shift: 0 };
  Object.assign(window, { benchSeen: seen });
  const isVisible = (/** @type {Element} */ element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  // Whoever saves data gets nothing before it is asked for.
  if (savesData && "connection" in navigator && navigator.connection instanceof EventTarget) {
    Object.defineProperty(navigator.connection, "saveData", { get: () => true });
  }

  /** Closed shadow roots, too, for a frame is usable only once the page shows it. @type {(ShadowRoot | Document)[]} */
  const roots = [document];
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    roots.push(root);
    return root;
  };
  const findVisible = (/** @type {string} */ selector) =>
    roots.flatMap((root) => [...root.querySelectorAll(selector)]).find(isVisible);

  const follow = () => {
    if (!seen.shownAt && findVisible("iframe"))
      seen.shownAt = performance.timeOrigin + performance.now();
    if (!takesFocus && !seen.typedAt) {
      const field = findVisible("textarea, [contenteditable]");
      if (field instanceof HTMLElement) field.focus();
    }
    requestAnimationFrame(follow);
  };
  const click = (/** @type {Event} */ { timeStamp }) => {
    if (seen.clickedAt) return;
    seen.clickedAt = performance.timeOrigin + timeStamp;
    follow();
  };
  const input = (/** @type {Event} */ event) => {
    const [field] = event.composedPath();
    if (seen.typedAt || !(field instanceof Element) || !isVisible(field)) return;
    seen.typedAt = performance.timeOrigin + performance.now();
    console.debug(typed);
  };
  window.addEventListener("click", click, true);
  window.addEventListener("input", input, true);

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      seen.longTasks.push({ at: performance.timeOrigin + startTime, ms: duration });
    }
  }).observe({ type: "longtask", buffered: true });
  // Also those right after the click, which the metric of the same name forgives.
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.shift += "value" in entry ? Number(entry.value) : 0;
  }).observe({ type: "layout-shift", buffered: true });
}
