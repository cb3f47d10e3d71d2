import { Component } from "preact";
import type { FrameOptions } from "../../protocol.ts";
import { say } from "../i18n/words.ts";
import type { Chat } from "../state/chat.ts";
import { checkDraft } from "../state/text-limit.ts";
import { focusInput } from "./focus-input.ts";
import { OfflineLine } from "./offline-line.tsx";
import { transcriptPart } from "./parts.ts";
import { Press } from "./press.tsx";
import { Watch } from "./watch.tsx";

/** A second click within this time is a double click, or was meant for the button that stood there before. */
const SETTLE_MS = 400;

const PREPARE_MS = 300;

interface Props {
  readonly chat: Chat;
  readonly options: FrameOptions;
}

/** Where the visitor writes. Enter sends, Shift and Enter makes a new line; while an answer comes the button stops it. */
export class Composer extends Component<Props> {
  private area: HTMLTextAreaElement | null = null;
  private measured = "";
  private turnedAt = -SETTLE_MS;
  private stops: readonly (() => void)[] = [];

  override componentDidMount() {
    const { chat } = this.props;
    this.stops = [
      chat.activity.subscribe(() => {
        this.turnedAt = performance.now();
      }),
      chat.draft.subscribe(() => this.setState({})),
      // What is to be written anew is at hand at once.
      chat.editing.subscribe(() => chat.editing.value && this.area?.focus()),
    ];
  }
  override componentWillUnmount() {
    for (const stop of this.stops) stop();
  }

  override componentDidUpdate() {
    const { area } = this;
    const draft = this.props.chat.draft.value;
    // Measuring makes the browser lay out the whole frame.
    if (!area || draft === this.measured) return;
    this.measured = draft;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  private readonly send = (event: Event) => {
    event.preventDefault();
    const { chat } = this.props;
    if (chat.send(chat.draft.value)) chat.draft.value = "";
    this.area?.focus({ preventScroll: true });
  };

  private readonly press = (event: Event) => {
    // When the finger was down, not when a busy page came to it.
    if (event.timeStamp - this.turnedAt < SETTLE_MS) return;
    const { activity, stop } = this.props.chat;
    if (activity.value === "idle" || !navigator.onLine) return this.send(event);
    stop();
    focusInput();
  };

  private readonly write = (text: string) => {
    // By the time there is an answer, what draws it is there as well; the first letters come before that.
    setTimeout(transcriptPart.load, PREPARE_MS);
    this.props.chat.draft.value = text;
  };

  override render({ chat, options }: Props) {
    const draft = chat.draft.value;
    const { canSend, tooLong, counter } = checkDraft(draft);
    const note =
      counter ?? (options.disclaimer === false ? "" : options.disclaimer || say("disclaimer"));
    return (
      <footer>
        <OfflineLine />
        <Watch on={[chat.editing]}>
          {() =>
            chat.editing.value && (
              <p class="line">
                {say("editing")}
                <button type="button" class="quiet" onClick={() => chat.edit(undefined)}>
                  {say("cancel")}
                </button>
              </p>
            )
          }
        </Watch>
        <div class="composer">
          <textarea
            ref={(area) => {
              this.area = area;
            }}
            rows={1}
            dir="auto"
            aria-label={say("message")}
            aria-describedby={note ? "note" : undefined}
            aria-invalid={tooLong}
            placeholder={options.composer?.placeholder || say("placeholder")}
            enterkeyhint="send"
            value={draft}
            onInput={(event) => this.write(event.currentTarget.value)}
            onKeyDown={(event) => {
              // 229 while a word is being composed; Safari says isComposing: false for its last Enter already.
              if (event.keyCode === 13 && !event.shiftKey) this.send(event);
              if (event.keyCode === 27 && chat.editing.value) {
                event.stopPropagation();
                chat.edit(undefined);
              }
            }}
          />
          <Watch on={[chat.activity]}>
            {() => <Press activity={chat.activity.value} canSend={canSend} onPress={this.press} />}
          </Watch>
        </div>
        {note && (
          <p id="note" dir="auto" class={tooLong ? "note over" : "note"}>
            {note}
          </p>
        )}
      </footer>
    );
  }
}
