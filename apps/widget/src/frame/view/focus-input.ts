/**
 * Puts the focus where the visitor writes, as soon as the page has given this window the focus: one that takes it while
 * the page gives it loses it again.
 */
export function focusInput(): void {
  // Focus under a finger raises the keyboard over what one came to read.
  if (matchMedia("(pointer: coarse)").matches) return;
  if (document.hasFocus()) {
    document.querySelector<HTMLElement>(".composer textarea")?.focus({ preventScroll: true });
  } else window.addEventListener("focus", focusInput, { once: true });
}
