import { type ColorScheme, FRAME_PATH, type FrameMessage } from "../protocol.ts";
import { openChannel } from "./channel.ts";
import { apiAddress, frameOptions, type InitOptions, readToken } from "./options.ts";
import { createPanel } from "./panel.ts";

/** One widget on the page. */
export interface AuraInstance {
  open(): void;
  close(): void;
  toggle(): void;
  /** Takes other options over; what is not named stays. */
  update(options: Partial<InitOptions>): void;
  /** Takes everything off the page again. */
  destroy(): void;
}

/** Puts a widget on the page. The frame itself is loaded at the first sign of interest. */
export function createInstance(
  first: InitOptions,
  scriptUrl: string | undefined,
  onDestroy: () => void,
): AuraInstance {
  const frameUrl = frameAddress(first, scriptUrl);
  const darkPage = matchMedia("(prefers-color-scheme: dark)");
  const ending = new AbortController();
  const { signal } = ending;
  const panel = createPanel(signal);
  let options = first;
  let isOpen = false;
  let tokens = 1;

  const scheme = (): ColorScheme => {
    const wanted = options.colorScheme;
    if (wanted === "light" || wanted === "dark") return wanted;
    return darkPage.matches ? "dark" : "light";
  };
  const settings = () => frameOptions(options, scheme(), tokens);
  const title = () => String(options.header?.title || "Chat");
  const paint = () => panel.paint(scheme(), title());

  const receive = async (message: FrameMessage) => {
    if (message.type === "close") show(false);
    else if (message.type === "ready") {
      panel.reveal();
      if (isOpen) channel.send({ type: "shown" });
    } else {
      const token = await readToken(options).catch((error: unknown) => {
        console.error("[aura] authToken", error);
        return null;
      });
      channel.send({ type: "token", id: message.id, token });
    }
  };
  const channel = openChannel({
    frameOrigin: frameUrl.origin,
    frame: panel.frame,
    options: settings,
    receive: (message) => void receive(message),
    signal,
  });

  const prepare = () => {
    frameUrl.hash = `${channel.nonce}.${scheme()}`;
    panel.prepare(frameUrl.href);
    paint();
  };
  const show = (open: boolean) => {
    if (open) prepare();
    if (isOpen !== open) {
      isOpen = open;
      panel.show(open);
      if (open) channel.send({ type: "shown" });
    }
    (open ? panel.frame() : panel.launcher)?.focus({ preventScroll: true });
  };
  const repaint = () => {
    paint();
    channel.send({ type: "options", options: settings() });
  };

  const { launcher } = panel;
  launcher.onclick = () => show(!isOpen);
  launcher.onpointerenter = launcher.onfocus = prepare;
  launcher.onkeydown = ({ key }) => {
    if (key === "Escape" && isOpen) show(false);
  };
  darkPage.addEventListener("change", repaint, { signal });
  panel.show(false);
  paint();

  return {
    open: () => show(true),
    close: () => isOpen && show(false),
    toggle: () => show(!isOpen),
    update(changes) {
      const next = { ...options, ...changes };
      apiAddress(next);
      options = next;
      if ("authToken" in changes) tokens += 1;
      repaint();
    },
    destroy() {
      ending.abort();
      panel.remove();
      onDestroy();
    },
  };
}

/** The frame comes from the server that served the script; a bundled loader takes it from the API's server. */
function frameAddress(options: InitOptions, scriptUrl: string | undefined): URL {
  const api = apiAddress(options);
  const url = scriptUrl ? new URL(FRAME_PATH, scriptUrl) : new URL(`${api}/widget/frame`);
  url.search = "";
  if (options.tenantId) url.searchParams.set("tenant_id", options.tenantId);
  url.searchParams.set("api", api);
  return url;
}
