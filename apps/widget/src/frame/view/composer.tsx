import { Component } from "preact";
import type { Activity } from "../state/answering.ts";
import type { Chat } from "../state/chat.ts";
import { checkDraft } from "../state/text-limit.ts";
import { focusInput } from "./focus-input.ts";
import { Icon } from "./icon.tsx";
import { OfflineLine } from "./offline-line.tsx";
import { Watch } from "./watch.tsx";

/** A second click within this time is a double click, or was meant for the button that stood there before. */
const SETTLE_MS = 400;

interface Props {
  readonly chat: Chat;
}

/** Where the visitor writes. Enter sends, Shift and Enter makes a new line; while an answer comes the button stops it. */
export class Composer extends Component<Props, { readonly draft: string }> {
  override state = { draft: "" };
  private area: HTMLTextAreaElement | null = null;
  private turnedAt = -SETTLE_MS;

  override componentDidMount() {
    this.props.chat.activity.subscribe(() => {
      this.turnedAt = performance.now();
    });
  }

  override componentDidUpdate() {
    const { area } = this;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  private readonly send = (event: Event) => {
    event.preventDefault();
    if (this.props.chat.send(this.state.draft)) this.setState({ draft: "" });
    this.area?.focus({ preventScroll: true });
  };

  private readonly press = (event: Event) => {
    // When the finger was down, not when a busy page came to it.
    if (event.timeStamp - this.turnedAt < SETTLE_MS) return;
    if (this.props.chat.activity.value === "idle") return this.send(event);
    this.props.chat.stop();
    focusInput();
  };

  override render({ chat }: Props, { draft }: { readonly draft: string }) {
    const { canSend, tooLong, counter } = checkDraft(draft);
    return (
      <footer>
        <OfflineLine />
        <div class="composer">
          <textarea
            ref={(area) => {
              this.area = area;
            }}
            rows={1}
            dir="auto"
            aria-label="Your message"
            aria-describedby="note"
            aria-invalid={tooLong}
            placeholder="Ask a question"
            enterkeyhint="send"
            value={draft}
            onInput={(event) => this.setState({ draft: event.currentTarget.value })}
            onKeyDown={(event) => {
              // 229 while a word is being composed; Safari says isComposing: false for its last Enter already.
              if (event.keyCode === 13 && !event.shiftKey) this.send(event);
            }}
          />
          <Watch on={[chat.activity]}>
            {() => <Press activity={chat.activity.value} canSend={canSend} onPress={this.press} />}
          </Watch>
        </div>
        <p id="note" class={tooLong ? "note over" : "note"}>
          {counter ?? "AI answers can be wrong. Check the sources."}
        </p>
      </footer>
    );
  }
}

/** One button in one place: it sends, and stops what it sent. */
function Press({
  activity,
  canSend,
  onPress,
}: {
  readonly activity: Activity;
  readonly canSend: boolean;
  readonly onPress: (event: Event) => void;
}) {
  const stops = activity === "answering" || activity === "stopping";
  const name = stops ? "Stop" : "Send";
  return (
    <button
      type="button"
      class="send"
      aria-label={name}
      title={name}
      onClick={onPress}
      disabled={stops ? activity === "stopping" : !canSend || activity !== "idle"}
    >
      <Icon name={stops ? "stop" : "send"} />
    </button>
  );
}
