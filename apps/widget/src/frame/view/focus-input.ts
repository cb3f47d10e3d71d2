/** A pointer that is a finger: focus there raises the keyboard over what one came to read. */
const isTouch = matchMedia("(pointer: coarse)").matches;

/** Puts the focus where the visitor writes. */
export function focusInput(): void {
  const input = document.querySelector<HTMLElement>(".composer textarea");
  if (!isTouch) input?.focus({ preventScroll: true });
}
