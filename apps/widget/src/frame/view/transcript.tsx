import { Component } from "preact";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import type { Signal } from "../state/signal.ts";
import type { Turn } from "../state/turn.ts";
import { Failed } from "./failed.tsx";
import { Follower } from "./follower.ts";
import { Icon } from "./icon.tsx";
import { Dots, TurnView } from "./turn-view.tsx";
import { Watch } from "./watch.tsx";

interface Props {
  readonly chat: Chat;
  readonly announcer: Announcer;
}

/** The conversation. The view follows a growing answer only while the reader is at its end. */
export class Transcript extends Component<Props> {
  private readonly follower = new Follower();
  private newest: unknown;

  override componentDidMount() {
    this.componentDidUpdate();
  }
  override componentDidUpdate() {
    // A question of one's own is always brought into view.
    const newest = this.props.chat.turns.value.at(-1);
    if (newest !== this.newest) this.follower.toEnd();
    this.newest = newest;
  }

  override render({ chat, announcer }: Props) {
    const { follower } = this;
    return (
      <div class="stage">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <main ref={follower.attach} tabIndex={0} aria-label="Conversation">
          <div class="turns">
            <Watch on={[chat.earlier, chat.activity]}>{() => drawTurns(chat, announcer)}</Watch>
          </div>
        </main>
        <Watch on={[follower.missed]}>
          {() =>
            follower.missed.value && (
              <button type="button" class="pill" onClick={follower.toEnd}>
                New text
                <Icon name="down" />
              </button>
            )
          }
        </Watch>
      </div>
    );
  }
}

function drawTurns(chat: Chat, announcer: Announcer) {
  const restoring = chat.restoring.value;
  const turns = chat.turns.value;
  return [
    chat.earlier.value && (
      <button type="button" key="earlier" class="quiet" onClick={chat.loadEarlier}>
        Earlier messages
      </button>
    ),
    restoring === "loading" && <Dots key="loading" label="Loading the conversation" />,
    typeof restoring === "object" && (
      <Failed key="failed" reason={restoring.failed} onRetry={chat.restore}>
        Your earlier messages could not be loaded.
      </Failed>
    ),
    ...turns.map((turn) => (
      <TurnView
        key={keyOf(turn)}
        turn={turn}
        isLast={turn === turns.at(-1)}
        chat={chat}
        announcer={announcer}
      />
    )),
  ];
}

const keys = new WeakMap<Signal<Turn>, number>();
let lastKey = 0;

/** A turn is known by itself and not by its place: a retried one moves to the end. */
function keyOf(turn: Signal<Turn>): number {
  const key = keys.get(turn) ?? ++lastKey;
  keys.set(turn, key);
  return key;
}
