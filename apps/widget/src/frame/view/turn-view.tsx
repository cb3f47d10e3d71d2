import { Component } from "preact";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import type { Signal } from "../state/signal.ts";
import { canRetryHelp, ENDINGS, type Turn } from "../state/turn.ts";
import { Answer } from "./answer.tsx";
import { Failed } from "./failed.tsx";
import { Watch } from "./watch.tsx";

const SLOW_AFTER_MS = 8000;
const SLOW = "This takes a little longer than usual. Still working on it.";

/** One question and what became of it. */
export function TurnView({
  turn,
  isLast,
  chat,
  announcer,
}: {
  readonly turn: Signal<Turn>;
  readonly isLast: boolean;
  readonly chat: Chat;
  readonly announcer: Announcer;
}) {
  return (
    <Watch on={[turn]}>
      {() => {
        const { question, answer, phase, ending, failure, reconnecting } = turn.value;
        return (
          <article class={isLast ? "turn last" : "turn"}>
            {question && (
              <p class="question" dir="auto">
                <span class="unseen">You: </span>
                {question}
              </p>
            )}
            {answer !== "" ? (
              <Answer turn={turn.value} announcer={announcer} />
            ) : (
              ending && <p class="ending">{ENDINGS[ending]}</p>
            )}
            {phase === "waiting" && <Waiting announcer={announcer} reconnecting={reconnecting} />}
            {phase === "failed" && (
              <Failed
                reason={failure?.message ?? "The answer did not arrive."}
                canRetry={chat.activity.value === "idle"}
                onRetry={canRetryHelp(failure) ? () => chat.retry(turn) : undefined}
              >
                {canRetryHelp(failure) && "Your message is kept."}
              </Failed>
            )}
          </article>
        );
      }}
    </Watch>
  );
}

/** Dots, and after a while a sentence. */
class Waiting extends Component<
  { readonly announcer: Announcer; readonly reconnecting: string | undefined },
  { readonly text?: string }
> {
  private timer: unknown;

  override componentDidMount() {
    this.timer = setTimeout(() => {
      this.setState({ text: SLOW });
      this.props.announcer.say(SLOW);
    }, SLOW_AFTER_MS);
  }
  override componentWillUnmount() {
    clearTimeout(Number(this.timer));
  }
  override render() {
    return (
      <Dots label="Waiting for the answer" text={this.props.reconnecting ?? this.state.text} />
    );
  }
}

/** Three dots that say something is on its way. */
export function Dots({
  label,
  text,
}: {
  readonly label: string;
  readonly text?: string | undefined;
}) {
  return (
    <p class="dots">
      <i />
      <i />
      <i />
      <span class={text ? "" : "unseen"}>{text ?? label}</span>
    </p>
  );
}
