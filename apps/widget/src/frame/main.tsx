import {
  claimsOf,
  createIdempotencyKey,
  listMessages,
  readToken,
  requestVisitor,
  resetVisitor,
  resumeOrchaTurn,
  stopOrchaTurn,
  streamOrchaMessage,
} from "@orcha/client";
import { render } from "preact";
import { readConfig } from "./config.ts";
import { followLocale } from "./i18n/follow-locale.ts";
import { adoptStyles, focusInput } from "./kit.ts";
import { connectHost, type Host } from "./page/host.ts";
import { paint } from "./page/paint.ts";
import { countUnread } from "./page/unread.ts";
import { createAnnouncer } from "./state/announcer.ts";
import { createChat } from "./state/chat.ts";
import { createConsenting } from "./state/consenting.ts";
import { createStore, findStorage, scopeName } from "./state/store.ts";
import { openTabs } from "./state/tabs.ts";
import css from "./style.css";
import { App } from "./view/app.tsx";

/** Composition of the frame: the host page, what is remembered, the chat, the view. */
async function start(): Promise<void> {
  const config = readConfig();
  const host = await connectHost(new URL(location.href));
  const language = followLocale(host.options, config);
  adoptStyles(css);
  // Whoever clicked already sees the panel while the rest is made.
  paint(host, config.accent, 0);
  await nextTask();
  const { apiBaseUrl, tenantId, userId, id } = host.options.value;
  const scope = scopeName(apiBaseUrl, tenantId, userId);
  const storage = { tab: findStorage("sessionStorage"), browser: findStorage("localStorage"), id };
  const store = createStore(scope, storage, (id) =>
    host.emit("conversation:change", { conversationId: id === undefined ? null : Number(id) }),
  );
  const consenting = createConsenting(store, host.options);
  const unread = countUnread(host);
  const announcer = createAnnouncer();
  const tabs = openTabs(scope);
  const chat = createChat({
    stream: streamOrchaMessage,
    resume: resumeOrchaTurn,
    stop: stopOrchaTurn,
    createKey: createIdempotencyKey,
    listMessages,
    requestVisitor,
    resetVisitor,
    tellTabs: tabs.tell,
    authToken: host.askToken,
    askContext: host.askContext,
    emit: unread.emit,
    signedInAs: async () => {
      const token = await readToken(host.askToken());
      return token && `${claimsOf(token).sub ?? ""}`;
    },
    requiresSignIn: config.identity === "required",
    isOnline: () => navigator.onLine,
    mayAsk: () => consenting.isGiven.value,
    options: () => host.options.value,
    store,
    announcer,
  });
  tabs.onTold((conversation) => {
    // A hidden tab need not follow along: it looks when it is shown.
    if (!document.hidden) chat.moved(conversation);
  });
  const inTurn = createTurns();
  followVisitor(host, () => inTurn(() => chat.identify().then(consenting.look)));
  consenting.isGiven.subscribe(chat.wake);
  window.addEventListener("online", chat.wake);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) chat.wake();
  });

  await nextTask();
  void chat.restore();
  await nextTask();
  const app = { host, config, chat, announcer, consenting, language, unread: unread.count };
  render(<App {...app} />, document.body);
  host.start((call, text) =>
    inTurn(() => {
      if (call === "sendMessage") return chat.enqueue(text);
      if (call === "newConversation") return chat.newConversation();
      if (call === "logout") return chat.logout();
      chat.draft.value = text;
      if (host.shown.value) focusInput();
      return undefined;
    }),
  );
  host.emit("ready", {});
}

/** One after the other: what the page says after it named a visitor is that visitor's. */
function createTurns(): (act: () => unknown) => void {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    last = last.then(act).catch(() => undefined);
  };
}

/** Whoever the page names next gets their own chat. */
function followVisitor({ options }: Host, identify: () => void): void {
  const nameOf = ({ userId, token }: Host["options"]["value"]) => JSON.stringify([userId, token]);
  let visitor = nameOf(options.value);
  options.subscribe(() => {
    if (visitor === nameOf(options.value)) return;
    visitor = nameOf(options.value);
    identify();
  });
}

/** Lets the page go on: it is prepared while somebody reads it, and a slow phone must not stutter. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

// A message to the page from within a script's own evaluation makes the engine read all of the script once more.
queueMicrotask(() => void start());
