/** What the probe says on the console when a visitor could write. */
export const USABLE = "bench: usable";

/**
 * What one frame of the page has seen; times since the epoch, in milliseconds, undefined before they come. usableAt: when
 * a visible field has the focus and the browser is free for what is typed into it.
 *
 * @typedef {{
 *   clickedAt?: number,
 *   shownAt?: number,
 *   usableAt?: number,
 *   isTyped: boolean,
 *   longTasks: { at: number, ms: number }[],
 *   shift: number,
 * }} Seen
 */

/**
 * Runs in every frame before its own scripts and keeps what it sees at `window.benchSeen`.
 *
 * @param {{ takesFocus: boolean, savesData: boolean, usable: string }} settings
 */
export function probe({ takesFocus, savesData, usable }) {
  /** @type {Seen} */
  const seen = { isTyped: false, longTasks: [], shift: 0 };
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
    // What moves within a shadow root is not heard outside of it.
    root.addEventListener("focusin", takeFocus, true);
    return root;
  };
  const findVisible = (/** @type {string} */ selector) =>
    roots.flatMap((root) => [...root.querySelectorAll(selector)]).find(isVisible);

  const follow = () => {
    if (!seen.shownAt && findVisible("iframe"))
      seen.shownAt = performance.timeOrigin + performance.now();
    if (!takesFocus && !seen.usableAt) {
      const field = findVisible("textarea, [contenteditable]");
      if (field instanceof HTMLElement) field.focus();
    }
    if (!seen.shownAt || !(takesFocus || seen.usableAt)) requestAnimationFrame(follow);
  };
  const click = (/** @type {Event} */ { timeStamp }) => {
    if (seen.clickedAt) return;
    seen.clickedAt = performance.timeOrigin + timeStamp;
    requestAnimationFrame(follow);
  };
  const takeFocus = (/** @type {Event} */ event) => {
    const [field] = event.composedPath();
    if (!document.hasFocus() || !(field instanceof Element)) return;
    if (field.matches("textarea, [contenteditable]")) awaitVisible(field);
  };
  const awaitVisible = (/** @type {Element} */ field) => {
    if (!isVisible(field)) return void requestAnimationFrame(() => awaitVisible(field));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      if (seen.usableAt) return;
      seen.usableAt = performance.timeOrigin + performance.now();
      console.debug(usable);
    };
    port2.postMessage(undefined);
  };
  const input = () => {
    seen.isTyped = true;
  };
  window.addEventListener("click", click, true);
  window.addEventListener("focusin", takeFocus, true);
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
