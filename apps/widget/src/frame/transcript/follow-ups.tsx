import { ARROW, Icon, say } from "../kit.ts";
import type { TurnProps } from "./turn-view.tsx";

/** What could be asked next, where the tenant offers it. */
export function FollowUps({ turn, chat }: TurnProps) {
  const { suggestions = [] } = turn.value;
  if (suggestions.length === 0) return null;
  return (
    <section class="starters follow-ups" aria-label={say("followUps")}>
      {suggestions.map((text) => (
        <button type="button" key={text} dir="auto" onClick={() => chat.send(text)}>
          <span>{text}</span>
          <Icon shape={ARROW} look="onward" />
        </button>
      ))}
    </section>
  );
}
