/** Puts the focus where the visitor writes. */
export function focusInput(): void {
  // Focus under a finger raises the keyboard over what one came to read.
  if (matchMedia("(pointer: coarse)").matches) return;
  document.querySelector<HTMLElement>(".composer textarea")?.focus({ preventScroll: true });
}
