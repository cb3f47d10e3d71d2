import { AuraChat, type AuraChatExposed } from "@orcha/vue";
import { createApp, defineComponent, h, ref } from "vue";

const Shop = defineComponent(() => {
  const chat = ref<AuraChatExposed>();
  const title = ref("Orders");
  const asked = ref(0);
  const isOn = ref(true);
  const button = (text: string, onClick: () => void) =>
    h("button", { type: "button", onClick }, text);

  return () => [
    h("h1", "Shop"),
    h("p", ["Questions asked: ", h("output", asked.value)]),
    button("Ask us", () => chat.value?.instance?.open()),
    button("About returns", () => {
      title.value = "Returns";
    }),
    button("Chat on or off", () => {
      isOn.value = !isOn.value;
    }),
    isOn.value &&
      h(AuraChat, {
        ref: chat,
        apiBaseUrl: "https://chat.example.com",
        header: { title: title.value },
        onMessageSent: () => {
          asked.value += 1;
        },
      }),
  ];
});

createApp(Shop).mount("#app");
