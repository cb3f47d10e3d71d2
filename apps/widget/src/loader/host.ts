import css from "./style.css";

/** Makes the one element that stands on the host page, and what gives the things in its closed shadow root their look. */
export function createHost(...children: readonly Element[]) {
  const host = document.createElement("aura-chat");
  const shadow = host.attachShadow({ mode: "closed" });
  // Styles are adopted, never written as text, so the host's CSP needs no `style-src` for them.
  const sheet = new CSSStyleSheet();
  const restyle = (more: string) => sheet.replaceSync(css + more);
  restyle("");
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(...children);
  return [host, shadow, restyle] as const;
}

/** Makes the frame of the chat, which is loaded once it stands in the page. */
export function createFrame(title: string, src: string): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.allow = "clipboard-write";
  frame.title = title;
  frame.src = src;
  return frame;
}
