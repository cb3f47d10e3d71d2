import { type ReadonlySignal, signal } from "../state/signal.ts";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** A part of the frame that is loaded when it is first needed. */
export interface Part<Module> {
  /** Undefined until it is there. */
  readonly loaded: ReadonlySignal<Module | undefined>;
  /** Asks for it, if nobody has yet; again and again until it comes, and at once when the network is back. */
  load(): void;
}

/** Makes a part of what `fetch` imports. */
export function part<Module>(fetch: () => Promise<Module>): Part<Module> {
  const loaded = signal<Module | undefined>(undefined);
  let isAsked = false;
  let waitMs = FIRST_WAIT_MS;
  const load = () => {
    if (isAsked) return;
    isAsked = true;
    fetch().then(
      (module) => {
        loaded.value = module;
        window.removeEventListener("online", load);
      },
      () => {
        isAsked = false;
        window.addEventListener("online", load);
        setTimeout(load, waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      },
    );
  };
  return { loaded, load };
}
