// What any host page may do: open the chat from its own buttons. The same id again gives the widget that is there.
const openChat = () => window.AuraChatWidget.init({ apiBaseUrl: location.origin })?.open?.();

for (const button of document.querySelectorAll("[data-open-chat]")) {
  button.addEventListener("click", () => {
    if (window.AuraChatWidget?.loaded) openChat();
    else document.querySelector("#aura").addEventListener("load", openChat, { once: true });
  });
}

const snippet = [
  "<script>",
  "  window.AuraChatWidget = window.AuraChatWidget ||",
  "    { q: [], init(o) { this.q.push(o) } };",
  `  AuraChatWidget.init({ apiBaseUrl: "${location.origin}" });`,
  "</script>",
  `<script async src="${location.origin}/widget/v1/aura.js"></script>`,
].join("\n");
document.querySelector("#snippet").textContent = snippet;

const copy = document.querySelector("[data-copy-snippet]");
async function copySnippet() {
  await navigator.clipboard.writeText(snippet);
  copy.textContent = "Copied";
  setTimeout(() => {
    copy.textContent = "Copy";
  }, 1600);
}
copy.addEventListener("click", () => void copySnippet());
