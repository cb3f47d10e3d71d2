import type { FrameOptions } from "../../protocol.ts";
import { type ReadonlySignal, signal } from "./signal.ts";
import type { Store } from "./store.ts";

/** Whether the visitor agreed to what the page asks for before the first message. */
export interface Consenting {
  readonly isGiven: ReadonlySignal<boolean>;
  agree(): void;
  /** Another visitor, or another text: looks whether they agreed to it. */
  look(): void;
}

/** Makes what remembers an agreement, in this browser and for this very text. */
export function createConsenting(store: Store, options: ReadonlySignal<FrameOptions>): Consenting {
  const wanted = () => options.value.consent?.text;
  const check = () => wanted() === undefined || store.consent() === wanted();
  const isGiven = signal(check());
  const look = () => {
    isGiven.value = check();
  };
  options.subscribe(look);
  return {
    isGiven,
    look,
    agree() {
      const text = wanted();
      if (text !== undefined) store.setConsent(text);
      isGiven.value = true;
    },
  };
}
