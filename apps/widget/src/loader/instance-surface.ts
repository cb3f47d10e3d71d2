import type { Call } from "../protocol.ts";
import type { AuraEventName, AuraInstance, AuraListener, InitOptions } from "../surface.ts";

/** The methods that the page is given, made from what a widget can do. */
export function createSurface(
  host: HTMLElement,
  show: (open?: boolean) => void,
  call: (name: Call) => (text?: string) => void,
  update: (changes: Partial<InitOptions>) => void,
  destroy: () => void,
): AuraInstance {
  const logout = () => {
    call("logout")();
    update({ authToken: undefined, userId: undefined });
  };
  const off: AuraInstance["off"] = (name, listener) =>
    host.removeEventListener(`aura:${name}`, heard(listener));
  const on = <Name extends AuraEventName>(
    name: Name,
    listener: AuraListener<Name>,
    how?: AddEventListenerOptions,
  ) => {
    host.addEventListener(`aura:${name}`, heard(listener), how);
    return () => off(name, listener);
  };
  return {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(),
    show() {
      host.hidden = false;
    },
    hide() {
      host.hidden = true;
    },
    sendMessage: call("sendMessage"),
    setInput: call("setInput"),
    newConversation: call("newConversation"),
    identify: update,
    setUser: update,
    logout,
    shutdown: logout,
    reset: logout,
    setContext: (context) => update({ context }),
    setLocale: (locale) => update({ locale }),
    setColorScheme: (colorScheme) => update({ colorScheme }),
    update,
    on,
    off,
    once: (name, listener) => on(name, listener, { once: true }),
    destroy,
  };
}

/** The DOM's types know nothing of our events, each of which is dispatched with the detail that its name promises. */
function heard<Name extends AuraEventName>(listener: AuraListener<Name>): EventListener {
  return listener as EventListener;
}
