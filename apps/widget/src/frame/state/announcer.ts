import { type ReadonlySignal, signal } from "./signal.ts";
import { nextSpeech } from "./speech.ts";

/** One thing said in the live region. */
export interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** Words for screen readers, apart from what is drawn: a streamed answer is told in sentences, not in tokens. */
export interface Announcer {
  readonly announcements: ReadonlySignal<readonly Announcement[]>;
  say(text: string): void;
  /** Tells one growing answer; call it with the whole text so far. */
  answer(): (text: string, complete: boolean) => void;
}

const KEPT = 12;

/** Makes the source of the live region. */
export function createAnnouncer(): Announcer {
  const announcements = signal<readonly Announcement[]>([]);
  let lastId = 0;
  const say = (text: string) => {
    if (text === "") return;
    lastId += 1;
    announcements.value = [...announcements.value.slice(1 - KEPT), { id: lastId, text }];
  };
  return {
    announcements,
    say,
    answer() {
      let told = 0;
      return (text, complete) => {
        // Begun anew: told anew.
        if (text.length < told) told = 0;
        const speech = nextSpeech(text, told, complete);
        told = speech.to;
        say(speech.text);
      };
    },
  };
}
