import { signal } from "../kit.ts";

const NEAR_END_PX = 48;
const MARGIN_PX = 20;

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
    let top = 0;
    area.onscroll = () => {
      // Only a reader moves up; text that grew meanwhile leaves the end behind just as well.
      if (area.scrollTop < top || this.#isNearEnd(area)) this.#isAtEnd = this.#isNearEnd(area);
      if (this.#isAtEnd) this.missed.value = false;
      top = area.scrollTop;
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
    const { scrollHeight, clientHeight } = area;
    const growth = scrollHeight - this.#height;
    this.#height = scrollHeight;
    if (this.#isAtEnd) {
      // What comes in one piece is read from its beginning.
      const last = growth > clientHeight / 2 ? area.querySelector<HTMLElement>(".last") : null;
      area.scrollTop = last ? last.offsetTop - MARGIN_PX : scrollHeight;
      this.#isAtEnd = this.#isNearEnd(area);
    }
    // What the reader opened further up also makes the text longer, but nothing new has come then.
    else if (growth > 0 && area.querySelector(".streaming")) this.missed.value = true;
  }

  #isNearEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }
}
