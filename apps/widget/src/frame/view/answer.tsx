import { Component } from "preact";
import { createMarkdownView, type MarkdownView } from "../markdown/markdown.ts";
import type { Announcer } from "../state/announcer.ts";
import { citedSources, titleOf } from "../state/sources.ts";
import { ENDINGS, hasEnded, type Turn } from "../state/turn.ts";
import { copyText } from "./copy-text.ts";
import { Icon } from "./icon.tsx";
import { Sources } from "./sources.tsx";

const COPIED_MS = 1600;

interface Props {
  readonly turn: Turn;
  readonly announcer: Announcer;
}
interface State {
  readonly openSource?: number | undefined;
  readonly isCopied?: boolean;
}

/** The answer as plain text on the panel, its sources, its tools. */
export class Answer extends Component<Props, State> {
  private body: HTMLElement | null = null;
  private view: MarkdownView | undefined;
  private contexts: Turn["contexts"] | undefined;

  override componentDidMount() {
    this.componentDidUpdate();
  }
  // Within the same frame as everything else that is drawn, so that text and panel never move apart.
  override componentDidUpdate() {
    const { turn } = this.props;
    const { contexts, answer } = turn;
    if (!this.body) return;
    if (contexts !== this.contexts)
      this.view = createMarkdownView(this.body, contexts.map(titleOf));
    this.contexts = contexts;
    this.view?.show(answer, hasEnded(turn));
  }

  private async copy(text: string, showCopied: (isCopied: boolean) => void) {
    const done = await copyText(text);
    this.props.announcer.say(done ? "Copied." : "Copying is not possible here.");
    showCopied(done);
    setTimeout(() => showCopied(false), COPIED_MS);
  }

  /** The buttons that the Markdown view puts into the text. */
  private readonly onClick = ({ target }: MouseEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const { source } = target.dataset;
    if (source) this.setState({ openSource: Number(source) });
    if (target.className === "copy-code") {
      void this.copy(target.nextElementSibling?.textContent ?? "", (isCopied) => {
        target.textContent = isCopied ? "Copied" : "Copy";
      });
    }
  };

  override render({ turn }: Props, { openSource, isCopied }: State) {
    const { answer, contexts, phase, ending, reconnecting } = turn;
    const note = phase === "streaming" ? reconnecting : ending && ENDINGS[ending];
    return (
      <div class="answer">
        <span class="unseen">Answer: </span>
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
            sources={citedSources(answer, contexts)}
            open={openSource}
            onOpen={(number) => this.setState({ openSource: number })}
          />
        )}
        {phase === "done" && (
          <button
            type="button"
            class="tool"
            aria-label="Copy answer"
            title="Copy answer"
            onClick={() => void this.copy(answer, (done) => this.setState({ isCopied: done }))}
          >
            <Icon name={isCopied ? "check" : "copy"} />
          </button>
        )}
      </div>
    );
  }
}
