import "@orcha/web-component";

const chat = document.querySelector("aura-widget");
const asked = document.querySelector("output");
const onClick = (id: string, act: () => void) =>
  document.getElementById(id)?.addEventListener("click", act);

if (chat && asked) {
  chat.addEventListener("aura:message:sent", () => {
    asked.textContent = String(Number(asked.textContent) + 1);
  });
  onClick("open", () => chat.instance?.open());
  onClick("topic", () => {
    chat.header = { title: "Returns" };
  });
  // An element that moves or comes back is the same chat again.
  onClick("switch", () => (chat.isConnected ? chat.remove() : document.body.append(chat)));
}
