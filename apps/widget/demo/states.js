// Shows the real widget in every state it can be in. What its frames fetch is answered here, by a script for each state.
import { answer, failure, hold, refuse, scriptedFetch } from "/demo/states-script.js";

const settings = Object.fromEntries(new URLSearchParams(location.search));
const { scheme = "light", lang = "en", density = "comfortable", accent } = settings;
const only = settings.only?.split(",");
document.documentElement.className = scheme;
for (const [name, value] of Object.entries({ scheme, lang, density, accent })) {
  if (value) document.querySelector(`[name=${name}]`).value = value;
}
// What an earlier look at this page left would be restored.
sessionStorage.clear();

const GREETING = { title: undefined, text: undefined };
const STARTERS = ["How do I return an order?", "Where is my parcel?", "Change my delivery address"];
const ask = (text) => (widget) => widget.sendMessage(text);
const click = (selector) => async (_, frame) => (await frame.find(selector)).click();
const type = (selector, text) => async (_, frame) => {
  const field = await frame.find(selector);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const wait = (selector) => (_, frame) => frame.find(selector);

/** @type {Record<string, { title: string, options?: object, script?: object, steps?: Function[] }>} */
const STATES = {
  welcome: { title: "Welcome", options: { starters: STARTERS } },
  consent: {
    title: "Consent",
    options: {
      consent: {
        text: "Your messages are kept for 30 days and answered by a machine.",
        url: "https://northwind.example/privacy",
      },
    },
  },
  waiting: {
    title: "Waiting",
    script: { turns: [hold()] },
    steps: [ask(STARTERS[0]), wait(".dots")],
  },
  streaming: {
    title: "Streaming",
    script: { turns: [answer({ end: false })] },
    steps: [ask("Show me how to embed the chat"), wait(".streaming")],
  },
  answer: {
    title: "Answer with sources",
    script: {
      turns: [answer({ suggestions: ["How long does a refund take?", "Sending a parcel back"] })],
    },
    steps: [ask(STARTERS[0]), wait(".tools")],
  },
  source: {
    title: "An opened source",
    script: { turns: [answer()] },
    steps: [ask(STARTERS[0]), click("button.cite"), wait("mark")],
  },
  feedback: {
    title: "A rating",
    script: { turns: [answer()] },
    steps: [ask(STARTERS[0]), click(".tool.down"), wait(".feedback")],
  },
  code: {
    title: "Code and a table",
    script: { turns: [answer({ kind: "code" })] },
    steps: [ask("Show me how to embed the chat"), wait(".tools"), wait(".hljs-name")],
  },
  editing: {
    title: "Editing the question",
    script: { turns: [answer()] },
    steps: [ask("Where is my parcle?"), wait(".tools"), click(".edit"), wait(".line")],
  },
  failure: {
    title: "A failure",
    script: { turns: [refuse("model_unavailable")] },
    steps: [ask("And if I lost the box?"), wait(".failure")],
  },
  cut: {
    title: "An answer that was cut",
    script: { turns: [failure("model_timeout")] },
    steps: [ask(STARTERS[1]), wait(".failure")],
  },
  stopped: {
    title: "A stopped answer",
    script: { turns: [answer({ finish: "stopped" })] },
    steps: [ask(STARTERS[1]), wait(".ending")],
  },
  limit: {
    title: "A used-up budget",
    script: { turns: [refuse("budget_exhausted")] },
    steps: [ask(STARTERS[1]), wait(".failure")],
  },
  offline: {
    title: "Offline",
    script: { turns: [answer()], offlineAfter: 1 },
    steps: [
      ask(STARTERS[1]),
      wait(".tools"),
      goOffline,
      ask("And can I change the address?"),
      wait(".waiting"),
    ],
  },
  long: {
    title: "Too long a message",
    steps: [type(".composer textarea", "word ".repeat(1700)), wait(".over")],
  },
  conversations: { title: "Conversations", steps: [click("header .icon"), wait(".row")] },
  rename: {
    title: "Renaming",
    steps: [click("header .icon"), wait(".row"), click("[data-opens=name] button")],
  },
  remove: {
    title: "Deleting",
    steps: [click("header .icon"), wait(".row"), click("[data-opens=delete] button")],
  },
  empty: {
    title: "No conversations",
    script: { conversations: [] },
    steps: [click("header .icon"), wait(".empty")],
  },
  privacy: {
    title: "Your data",
    options: { history: false },
    steps: [
      click("header .icon"),
      click(".actions button"),
      click(".privacy .actions li + li button"),
    ],
  },
};

// The frames stand in closed shadow roots; each greets the page, which tells its window.
let newest;
addEventListener("message", ({ source }) => {
  newest = source;
});

for (const [name, state] of Object.entries(STATES)) {
  if (only && !only.includes(name)) continue;
  // One after the other: each frame is found as the newest.
  await show(name, state).catch((error) => console.error(name, error));
}
document.documentElement.dataset.done = "true";

async function show(name, { title, options, script, steps = [] }) {
  const section = document.createElement("section");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const cell = document.createElement("div");
  cell.className = "cell";
  section.append(heading, cell);
  document.querySelector("main").append(section);

  const widget = window.AuraChatWidget.init({
    apiBaseUrl: location.origin,
    id: name,
    tenantId: `state-${name}`,
    mode: "inline",
    target: cell,
    colorScheme: scheme,
    locale: lang,
    header: { title: "Northwind", subtitle: "Answers from our help pages" },
    greeting: GREETING,
    theme: { density, ...(accent && { accent }) },
    ...options,
  });
  await new Promise((ready) => widget.once("ready", ready));
  const frame = frameOf(newest);
  frame.window.fetch = scriptedFetch(script ?? {});
  for (const step of steps) await step(widget, frame);
}

/** The frame is of this very origin, so the page may look into it. */
function frameOf(view) {
  return {
    window: view,
    find: (selector) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`${selector} is not there`)), 10_000);
        const look = () => {
          const found = view.document.querySelector(selector);
          if (!found) return requestAnimationFrame(look);
          clearTimeout(deadline);
          resolve(found);
        };
        look();
      }),
  };
}

function goOffline(_, { window: view }) {
  Object.defineProperty(view.navigator, "onLine", { get: () => false, configurable: true });
  view.dispatchEvent(new Event("offline"));
}
