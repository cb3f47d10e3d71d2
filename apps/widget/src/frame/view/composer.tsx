import { Component } from "preact";
import type { Chat } from "../state/chat.ts";
import { checkDraft } from "../state/text-limit.ts";
import { Icon } from "./icon.tsx";
import { OfflineLine } from "./offline-line.tsx";
import { Watch } from "./watch.tsx";

interface Props {
  readonly chat: Chat;
}

/** Where the visitor writes. Enter sends, Shift and Enter makes a new line. */
export class Composer extends Component<Props, { readonly draft: string }> {
  override state = { draft: "" };
  private area: HTMLTextAreaElement | null = null;

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

  override render({ chat }: Props, { draft }: { readonly draft: string }) {
    const { canSend, tooLong, counter } = checkDraft(draft);
    return (
      <footer>
        <OfflineLine />
        <form class="composer" onSubmit={this.send}>
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
          <Watch on={[chat.busy]}>
            {() => (
              <button
                type="submit"
                class="send"
                aria-label="Send"
                disabled={!canSend || chat.busy.value}
              >
                <Icon name="send" />
              </button>
            )}
          </Watch>
        </form>
        <p id="note" class={tooLong ? "note over" : "note"}>
          {counter ?? "AI answers can be wrong. Check the sources."}
        </p>
      </footer>
    );
  }
}
