import type { ColorScheme, FrameMessage, FrameOptions } from "../protocol.ts";
import css from "./look.css";
import inline from "./look-inline.css";
import page from "./look-page.css";

/** What the look of the loader's elements depends on, beside the options. */
export interface LookState {
  /** As it was resolved; what the visitor prefers must stay visible to the frame while the page leaves it to them. */
  readonly scheme: ColorScheme;
  /** The accent as it was derived, and what is written on it. */
  readonly accent: string;
  readonly ink: string;
  readonly paper: string;
  readonly unread: number;
  /** The launcher's accessible name. */
  readonly name: string;
}

/** How panel and launcher look on the host page. The loader brings no more of it than the closed launcher needs. */
export function createLook(
  { mode, position, colorScheme = "auto" }: FrameOptions,
  { scheme, accent, ink, paper, unread, name }: LookState,
): FrameMessage {
  const [block, side] = (position || "bottom-end").split("-");
  const shade = scheme === "dark" ? "rgb(0 0 0/.7)" : "rgb(16 16 24/.2)";
  const own = [
    `:host{--fill:${accent};--ink:${ink};--paper:${paper};--shade:${shade};`,
    `--scheme:${colorScheme === "auto" ? "light dark" : scheme}}`,
    mode === "inline" || mode === "page"
      ? ""
      : `div{${block}:var(--beside);inset-inline-${side}:var(--x)}`,
    unread > 0 ? `button::after{content:"${unread}"}` : "",
  ];
  const special = mode === "page" ? page : mode === "inline" ? inline : "";
  return { type: "look", css: own.join("") + css + special, name };
}
