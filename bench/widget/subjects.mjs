import { PEERS } from "./peers.mjs";

/**
 * A widget on the same page as all others, set up as its own documentation says.
 *
 * `preparation` is what makes the chat load before the click: "hover" over the launcher, "load" of the page, or nothing.
 * A chat that does not take the focus when it opens gets it from the page, at no cost.
 *
 * @typedef {{
 *   name: string,
 *   version?: string,
 *   preparation?: "hover" | "load",
 *   takesFocus: boolean,
 *   html: (site: string, chat: string, prepared: boolean) => string,
 * }} Subject
 */

/** How AURA's loader is told to load its frame early: "load" where it does so by itself once the page is idle. */
const AURA_PREPARATION = "load";

/** A page without a chat: what every heap is measured from. @type {Subject} */
export const BLANK = { name: "blank page", takesFocus: true, html: () => "" };

/** @type {readonly Subject[]} */
export const SUBJECTS = [
  {
    name: "AURA",
    preparation: AURA_PREPARATION,
    takesFocus: true,
    html: (_, chat) => `
<script>window.AuraChatWidget=window.AuraChatWidget||{q:[],init(o){this.q.push(o)}};AuraChatWidget.init({apiBaseUrl:"${chat}"})</script>
<script async src="${chat}/widget/v1/aura.js"></script>`,
  },
  {
    name: "flowise-embed",
    version: PEERS["flowise-embed"].version,
    takesFocus: false,
    html: (site) => `
<script type="module">
  import Chatbot from "${site}/flowise-embed.js";
  Chatbot.init({ chatflowid: "91e9c803-5169-4db9-8207-3c0915d71c5f", apiHost: "${site}" });
</script>`,
  },
  {
    // It has no launcher: the page's button puts the element in.
    name: "deep-chat",
    version: PEERS["deep-chat"].version,
    takesFocus: false,
    html: (site) => `
<script type="module" src="${site}/deep-chat.js"></script>
${button(`const chat = document.createElement("deep-chat");
  chat.setAttribute("connect", '{"url":"${site}/chat"}');
  document.body.append(chat);`)}`,
  },
  {
    name: "bare frame",
    preparation: "load",
    takesFocus: true,
    html: (_, chat, prepared) =>
      prepared
        ? `<script>${bareFrame(chat)} frame.style.visibility = "hidden";</script>
${button(`frame.style.visibility = ""; ${SHOWN}`)}`
        : button(`${bareFrame(chat)} frame.onload = () => { ${SHOWN} };`),
  },
];

const SHOWN = `frame.focus(); frame.contentWindow.postMessage("shown", "*");`;

/** The least that a chat in a frame can be. */
export const BARE_FRAME_HTML = `<!doctype html><title>Chat</title><textarea></textarea>
<script>addEventListener("message", () => document.querySelector("textarea").focus());</script>`;

/**
 * The page around it: an article, so that a shift of its layout shows.
 *
 * @param {Subject} subject
 * @param {string} site
 * @param {string} chat the origin that serves AURA or the bare frame
 * @param {boolean} prepared
 */
export function pageOf(subject, site, chat, prepared) {
  const paragraph = `<p>${"The page was here before the chat, and nothing on it should move. ".repeat(6)}</p>\n`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
<body><h1>A page</h1>
${paragraph.repeat(12)}${subject.html(site, chat, prepared)}</body></html>`;
}

/** @param {string} act the script of its click */
function button(act) {
  return `<button id="launcher" style="position:fixed;right:20px;bottom:20px;width:60px;height:60px">Chat</button>
<script>document.getElementById("launcher").onclick = () => { ${act} };</script>`;
}

/** @param {string} chat */
function bareFrame(chat) {
  return `const frame = document.createElement("iframe");
  frame.src = "${chat}/bare-frame";
  frame.style = "position:fixed;right:20px;bottom:94px;width:392px;height:600px";
  document.body.append(frame);`;
}
