import type { ColorScheme } from "../protocol.ts";
import css from "./style.css";

/** What stands on the host page: one element whose closed shadow root holds the launcher and the panel. */
export interface Panel {
  readonly launcher: HTMLButtonElement;
  /** Puts the frame in, hidden; a second call does nothing. */
  prepare(frameUrl: string): void;
  frame(): HTMLIFrameElement | undefined;
  show(open: boolean): void;
  /** Shows the frame, once there is something in it. */
  reveal(): void;
  paint(scheme: ColorScheme, title: string): void;
  remove(): void;
}

const CHAT = "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z";
const CLOSE = "M6 6l12 12M18 6 6 18";

/** Draws launcher and panel. Styles are adopted, never written as text, so the host's CSP needs no `style-src` for them. */
export function createPanel(signal: AbortSignal): Panel {
  const host = document.createElement("aura-chat");
  const shadow = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];

  const panel = document.createElement("div");
  const launcher = document.createElement("button");
  launcher.type = "button";
  const shape = drawIcon(launcher);
  shadow.append(panel, launcher);

  followViewport(panel, signal);
  whenBodyExists(() => signal.aborted || document.body.append(host));
  let frame: HTMLIFrameElement | undefined;

  return {
    launcher,
    prepare(frameUrl) {
      if (frame) return;
      frame = document.createElement("iframe");
      frame.allow = "clipboard-write";
      frame.src = frameUrl;
      panel.append(frame);
    },
    frame: () => frame,
    show(open) {
      panel.classList.toggle("open", open);
      launcher.ariaExpanded = `${open}`;
      shape.setAttribute("d", open ? CLOSE : CHAT);
      launcher.ariaLabel = open ? "Close chat" : "Open chat";
    },
    reveal() {
      if (frame) frame.style.opacity = "1";
    },
    paint(scheme, title) {
      host.className = scheme;
      if (!frame) return;
      frame.title = title;
      // A frame whose scheme differs from its element's is painted on an opaque white canvas.
      frame.style.colorScheme = scheme;
    },
    remove: () => host.remove(),
  };
}

/** On a phone the panel takes exactly what is visible: a frame cannot see the on-screen keyboard. */
function followViewport({ style }: HTMLElement, signal: AbortSignal): void {
  const viewport = window.visualViewport;
  const follow = () => {
    // While the reader zooms in, the page and not the panel should move.
    if (!viewport || viewport.scale > 1.01) return;
    style.setProperty("--height", `${viewport.height}px`);
    style.setProperty("--top", `${viewport.offsetTop}px`);
  };
  follow();
  viewport?.addEventListener("resize", follow, { signal });
  viewport?.addEventListener("scroll", follow, { signal });
}

function whenBodyExists(act: () => void): void {
  if (document.body) act();
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}

/** Puts an empty line drawing in and returns its path. */
function drawIcon(parent: Element): SVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const shape = document.createElementNS(namespace, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.append(shape);
  parent.append(svg);
  return shape;
}
