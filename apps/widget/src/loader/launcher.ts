import type { InitOptions } from "../surface.ts";

const CHAT = "M3 21v-9a9 9 0 1 1 9 9z";
const NAMES: Readonly<Record<string, string>> = { ar: "دردشة", ja: "チャット" };

/** Draws the launcher, paler while a click waits for the frame; once the frame has named it, it has that name. */
export function drawLauncher(
  button: HTMLElement,
  { mode = "bubble", launcher, header, position = "bottom-end" }: InitOptions,
  language: string,
  isOpen: boolean,
  name?: string,
): void {
  const { label = "", icon = CHAT } = launcher || {};
  const [block, inline] = position.split("-");
  button.style.cssText =
    launcher === false || mode !== "bubble"
      ? "display:none"
      : `${block}:var(--aura-offsetY,20px);inset-inline-${inline}:var(--aura-offsetX,20px);--icon:path("${icon}");opacity:${isOpen && !name ? 0.5 : 1}`;
  button.ariaLabel = name ?? (label || header?.title || NAMES[language.slice(0, 2)] || "Chat");
  button.ariaExpanded = `${isOpen}`;
  button.textContent = label;
}

/** Opens and closes by the launcher, whose keys are no business of the page's. */
export function listenToLauncher(
  button: HTMLElement,
  show: (open?: boolean) => void,
  prepare: () => void,
): void {
  button.onclick = () => show();
  button.onpointerenter = button.onfocus = prepare;
  button.onkeydown = button.onkeyup = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") show(false);
  };
}
