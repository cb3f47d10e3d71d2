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
