import { AuraWidgetElement, type OptionProperties } from "./aura-widget-element.ts";

export { AuraWidgetElement, type OptionProperties };

// A page may load this twice, and a server has no elements.
if (globalThis.customElements && !customElements.get("aura-widget")) {
  customElements.define("aura-widget", AuraWidgetElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "aura-widget": AuraWidgetElement & OptionProperties;
  }
}
