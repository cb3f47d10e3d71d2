import { Component, IconButton, say } from "../kit.ts";
import { copyText } from "./copy-text.ts";
import { FeedbackForm } from "./feedback-form.tsx";
import { type Rating, rate } from "./rate.ts";
import { AGAIN, CHECK, COPY, THUMB } from "./shapes.ts";
import type { TurnProps } from "./turn-view.tsx";

const COPIED_MS = 1600;

interface State {
  readonly isCopied?: boolean;
  /** While the visitor may say more about a rating. */
  readonly asks?: Rating | undefined;
}

/** What can be done with an answer. */
export class Tools extends Component<TurnProps, State> {
  private async copy() {
    const { turn, announcer } = this.props;
    const done = await copyText(turn.value.answer);
    announcer.say(say(done ? "copied" : "cannotCopy"));
    this.setState({ isCopied: done });
    setTimeout(() => this.setState({ isCopied: false }), COPIED_MS);
  }

  private async rate(rating: Rating) {
    const { turn, chat, announcer } = this.props;
    // Pressed once more, it is taken back.
    const next = turn.value.feedback?.rating === rating ? null : rating;
    this.setState({ asks: next ?? undefined });
    const isKept = await rate(chat, turn, next, undefined);
    if (!isKept) this.setState({ asks: undefined });
    announcer.say(say(isKept ? (next ? "thanks" : "done") : "notSaved"));
  }

  private async comment(rating: Rating, comment: string) {
    const { turn, chat, announcer } = this.props;
    const isKept = await rate(chat, turn, rating, comment);
    announcer.say(say(isKept ? "thanks" : "notSaved"));
    if (isKept) this.setState({ asks: undefined });
  }

  override render({ turn, chat, isLast }: TurnProps, { isCopied, asks }: State) {
    const { feedback, messageId } = turn.value;
    const ratings = [
      ["up", say("helpful")],
      ["down", say("notHelpful")],
    ] as const;
    return (
      <div>
        <div class="tools">
          <IconButton
            shape={isCopied ? CHECK : COPY}
            look="tool"
            name={say("copyAnswer")}
            onClick={() => void this.copy()}
          />
          {isLast && chat.activity.value === "idle" && (
            <IconButton
              shape={AGAIN}
              look="tool"
              name={say("regenerate")}
              onClick={() => chat.regenerate(turn)}
            />
          )}
          {messageId !== undefined &&
            ratings.map(([rating, name]) => (
              <IconButton
                key={rating}
                shape={THUMB}
                look={`tool ${rating}`}
                name={name}
                pressed={feedback?.rating === rating}
                onClick={() => void this.rate(rating)}
              />
            ))}
        </div>
        {asks && (
          <FeedbackForm
            key={asks}
            rating={asks}
            onSend={(comment) => void this.comment(asks, comment)}
            onCancel={() => this.setState({ asks: undefined })}
          />
        )}
      </div>
    );
  }
}
