import { listMessages, requestVisitor, streamOrchaMessage } from "@orcha/client";
import { render } from "preact";
import { connectHost } from "./host.ts";
import { createAnnouncer } from "./state/announcer.ts";
import { createChat } from "./state/chat.ts";
import { createStore, findStorage } from "./state/store.ts";
import css from "./style.css";
import { App } from "./view/app.tsx";

/** Composition of the frame: the host page, what is remembered, the chat, the view. */
async function start(): Promise<void> {
  const host = await connectHost(new URL(location.href));
  const { apiBaseUrl, tenantId, userId } = host.options.value;
  const announcer = createAnnouncer();
  const chat = createChat({
    stream: streamOrchaMessage,
    listMessages,
    requestVisitor,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    token: host.token,
    options: () => host.options.value,
    store: createStore(
      { api: apiBaseUrl, tenantId, userId },
      { tab: findStorage("sessionStorage"), browser: findStorage("localStorage") },
    ),
    announcer,
  });
  // An adopted sheet needs no permission for styles, and comes with the script in one piece.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];

  void chat.restore();
  render(<App host={host} chat={chat} announcer={announcer} />, document.body);
}

void start();
