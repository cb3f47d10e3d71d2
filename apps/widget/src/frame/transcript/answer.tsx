import { Component, endingWords, hasEnded, say, Watch } from "../kit.ts";
import { createMarkdownView, type MarkdownView } from "../markdown/markdown.ts";
import type { Turn } from "../state/turn.ts";
import { citedSources, titleOf } from "./cited-sources.ts";
import { colourCode, colouring } from "./code-colours.ts";
import { copyText } from "./copy-text.ts";
import { FollowUps } from "./follow-ups.tsx";
import { Sources } from "./sources.tsx";
import { Tools } from "./tools.tsx";
import type { TurnProps } from "./turn-view.tsx";

const COPIED_MS = 1600;

/** The answer as plain text on the panel, its sources, its tools. */
export class Answer extends Component<TurnProps, { readonly openSource?: number | undefined }> {
  private body: HTMLElement | null = null;
  private view: MarkdownView | undefined;
  private contexts: Turn["contexts"] | undefined;
  private stop: () => void = () => undefined;

  override componentDidMount() {
    this.stop = colouring.loaded.subscribe(() => this.draw(true));
    this.draw();
  }
  override componentWillUnmount() {
    this.stop();
  }
  // Within the same frame as everything else that is drawn, so that text and panel never move apart.
  override componentDidUpdate() {
    this.draw();
  }

  private draw(anew = false) {
    const turn = this.props.turn.value;
    const { contexts, answer } = turn;
    if (!this.body) return;
    if (contexts !== this.contexts || anew) {
      this.view = createMarkdownView(this.body, contexts.map(titleOf), colourCode);
    }
    this.contexts = contexts;
    this.view?.show(answer, hasEnded(turn));
  }

  /** The buttons that the Markdown view puts into the text. */
  private readonly onClick = ({ target }: MouseEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const { source } = target.dataset;
    if (source) this.openSource(Number(source));
    if (target.className === "copy-code") void this.copyCode(target);
  };

  private async copyCode(button: HTMLElement) {
    const done = await copyText(button.nextElementSibling?.textContent ?? "");
    this.props.announcer.say(say(done ? "copied" : "cannotCopy"));
    if (!done) return;
    button.textContent = say("copied");
    setTimeout(() => {
      button.textContent = say("copy");
    }, COPIED_MS);
  }

  private readonly openSource = (number: number | undefined) => {
    this.setState({ openSource: number });
    const context = this.contexts?.[(number ?? 0) - 1];
    if (!(number && context)) return;
    const { id, title, url } = context;
    this.props.chat.tell("citation:click", { number, contextId: id, title, url });
  };

  override render(props: TurnProps) {
    const turn = props.turn.value;
    const { answer, contexts, phase, ending, reconnecting } = turn;
    const note = phase === "streaming" ? reconnecting : ending && endingWords(ending);
    return (
      <div class="answer">
        <span class="unseen">{say("answerLabel")} </span>
        {/* biome-ignore lint/a11y: the clicks are those of real buttons inside. */}
        <div
          ref={(body) => {
            this.body = body;
          }}
          class={phase === "streaming" ? "prose streaming" : "prose"}
          onClick={this.onClick}
        />
        {(note || phase === "streaming") && (
          // Takes its room from the start, so that the text stands still when there is something to say.
          <p class="ending">{note && <span>{note}</span>}</p>
        )}
        {hasEnded(turn) && contexts.length > 0 && (
          <Sources
            answer={answer}
            sources={citedSources(answer, contexts)}
            open={this.state.openSource}
            onOpen={this.openSource}
          />
        )}
        {phase === "done" && <Watch on={[props.chat.activity]}>{() => <Tools {...props} />}</Watch>}
        {props.isLast && phase === "done" && <FollowUps {...props} />}
      </div>
    );
  }
}
