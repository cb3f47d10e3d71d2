import type { FrameOptions } from "../../protocol.ts";
import bubble from "./look.css";
import inline from "./look-inline.css";
import page from "./look-page.css";

const MODES: Readonly<Record<string, string>> = { bubble, inline, page };

/** What the launcher and the panel, which stand on the page and not in the frame, take their colours from. */
interface Colours {
  readonly accent: string;
  readonly ink: string;
  /** What the panel is filled with until the frame is painted. */
  readonly paper: string;
}

/** The rules for the loader's elements: they come from here, so that the page itself loads as little as it can. */
export function lookOf(
  { mode = "bubble", position = "bottom-end" }: FrameOptions,
  { accent, ink, paper }: Colours,
  unread: number,
): string {
  const [block, side] = position.split("-");
  const rules = [
    MODES[mode] ?? bubble,
    `:host{--accent:${accent};--paper:${paper}}`,
    `button{color:${ink}}`,
  ];
  if (mode !== "inline" && mode !== "page") {
    const onward = side === "start" ? "start" : "end";
    const edge = block === "top" ? "top" : "bottom";
    rules.push(
      `@media (min-width:480.1px) and (min-height:480.1px){div{${edge}:calc(max(var(--y),env(safe-area-inset-${edge})) + var(--size) + 14px);inset-inline-${onward}:var(--x)}}`,
    );
  }
  if (unread > 0) rules.push(badge(unread > 9 ? "9+" : `${unread}`));
  return rules.join("");
}

/** How many answers wait; the number is in the launcher's name as well. */
function badge(count: string): string {
  return `button::after{content:"${count}";position:absolute;inset-block-start:-6px;inset-inline-end:-6px;min-width:22px;box-sizing:border-box;padding:0 6px;border-radius:11px;background:#b42318;color:#fff;font:600 12px/22px system-ui;text-align:center}`;
}
