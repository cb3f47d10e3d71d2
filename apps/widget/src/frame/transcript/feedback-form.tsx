import { Component, say } from "../kit.ts";
import type { Rating } from "./rate.ts";

const MAX_COMMENT = 2000;

interface Props {
  readonly rating: Rating;
  readonly onSend: (comment: string) => void;
  readonly onCancel: () => void;
}

/** Asks for a word on a rating; nobody has to give one. */
export class FeedbackForm extends Component<Props> {
  private area: HTMLTextAreaElement | null = null;

  private readonly send = (event: Event) => {
    event.preventDefault();
    const comment = this.area?.value.trim();
    if (comment) this.props.onSend(comment);
    else this.props.onCancel();
  };

  override render({ rating, onCancel }: Props) {
    const question = say(rating === "up" ? "feedbackPraise" : "feedbackQuestion");
    return (
      <form
        class="feedback"
        onSubmit={this.send}
        onKeyDown={(event) => {
          if (event.keyCode !== 27) return;
          event.stopPropagation();
          onCancel();
        }}
      >
        <textarea
          ref={(area) => {
            this.area = area;
          }}
          rows={2}
          dir="auto"
          maxLength={MAX_COMMENT}
          aria-label={question}
          placeholder={question}
        />
        <div>
          <button type="button" class="quiet" onClick={onCancel}>
            {say("cancel")}
          </button>
          <button type="submit" class="primary">
            {say("feedbackSend")}
          </button>
        </div>
      </form>
    );
  }
}
