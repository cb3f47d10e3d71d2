import { adoptStyles, Component, Icon, say, Watch } from "../kit.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import type { Signal } from "../state/signal.ts";
import type { Turn } from "../state/turn.ts";
import { Failed } from "./failed.tsx";
import { Follower } from "./follower.ts";
import { Queued } from "./queued.tsx";
import { DOWN } from "./shapes.ts";
import css from "./transcript.css";
import { TurnView } from "./turn-view.tsx";
import { Dots } from "./waiting.tsx";

adoptStyles(css);

/** What the transcript is drawn with. */
export interface TranscriptProps {
  readonly chat: Chat;
  readonly announcer: Announcer;
}

/** The conversation. The view follows a growing answer only while the reader is at its end. */
export class Transcript extends Component<TranscriptProps> {
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

  override render(props: TranscriptProps) {
    const { follower } = this;
    return (
      <div class="stage">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <main ref={follower.attach} tabIndex={0} aria-label={say("conversation")}>
          <div class="turns">
            <Watch on={[props.chat.earlier, props.chat.activity]}>{() => drawTurns(props)}</Watch>
            <Queued queue={props.chat.queue} />
          </div>
        </main>
        <Watch on={[follower.missed]}>
          {() =>
            follower.missed.value && (
              <button type="button" class="pill" onClick={follower.toEnd}>
                {say("newText")}
                <Icon shape={DOWN} />
              </button>
            )
          }
        </Watch>
      </div>
    );
  }
}

function drawTurns({ chat, announcer }: TranscriptProps) {
  const restoring = chat.restoring.value;
  const turns = chat.turns.value;
  return [
    chat.earlier.value && (
      <button type="button" key="earlier" class="quiet" onClick={chat.loadEarlier}>
        {say("earlier")}
      </button>
    ),
    restoring === "loading" && <Dots key="loading" label={say("loading")} />,
    typeof restoring === "object" && (
      <Failed key="failed" reason={restoring.failed} onRetry={chat.restore}>
        {say("notLoaded")}
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
