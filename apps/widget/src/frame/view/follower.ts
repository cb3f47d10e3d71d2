import { signal } from "../state/signal.ts";

const NEAR_END_PX = 48;

/** Keeps the end of a scrolling element in view while the reader is there. */
export class Follower {
  /** True when text arrived below a reader who is further up. */
  readonly missed = signal(false);
  #area: HTMLElement | null = null;
  #observer: ResizeObserver | undefined;
  #isAtEnd = true;
  #height = 0;

  /** Watches an element whose first child is what grows; null ends it. */
  readonly attach = (area: HTMLElement | null) => {
    this.#observer?.disconnect();
    this.#area = area;
    if (!area?.firstElementChild) return;
    // Looked at after layout, so that streamed text, an opened source and the keyboard are all the same case.
    this.#observer = new ResizeObserver(() => this.#follow());
    this.#observer.observe(area.firstElementChild);
    this.#observer.observe(area);
    area.onscroll = () => {
      const { scrollHeight, scrollTop, clientHeight } = area;
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      if (this.#isAtEnd) this.missed.value = false;
    };
  };

  readonly toEnd = () => {
    this.#isAtEnd = true;
    this.missed.value = false;
    this.#follow();
  };

  #follow(): void {
    const area = this.#area;
    if (!area) return;
    const grew = area.scrollHeight > this.#height;
    this.#height = area.scrollHeight;
    if (this.#isAtEnd) area.scrollTop = area.scrollHeight;
    // What the reader opened further up also makes the text longer, but nothing new has come then.
    else if (grew && area.querySelector(".streaming")) this.missed.value = true;
  }
}
