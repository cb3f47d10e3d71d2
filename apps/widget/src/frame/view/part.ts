import { type ReadonlySignal, signal } from "../state/signal.ts";

/** A part of the frame that is loaded when it is first needed. */
export interface Part<Module> {
  /** Undefined until it is there. */
  readonly loaded: ReadonlySignal<Module | undefined>;
  /** Asks for it, if nobody has yet. What failed is asked for again when the network is back. */
  load(): void;
}

/** Makes a part of what `fetch` imports. */
export function part<Module>(fetch: () => Promise<Module>): Part<Module> {
  const loaded = signal<Module | undefined>(undefined);
  let state: "idle" | "asked" | "failed" = "idle";
  const load = () => {
    if (state === "asked") return;
    state = "asked";
    fetch().then(
      (module) => {
        loaded.value = module;
      },
      () => {
        state = "failed";
      },
    );
  };
  window.addEventListener("online", () => state === "failed" && load());
  return { loaded, load };
}
