import { Component, Icon, say, sayCount } from "../kit.ts";
import { createMarkdownView } from "../markdown/markdown.ts";
import { safeUrl } from "../markdown/safe-url.ts";
import { type NumberedSource, placeOf, titleOf } from "./cited-sources.ts";
import { citingText, findQuotes, markRanges } from "./mark-quote.ts";
import { CHEVRON } from "./shapes.ts";

interface Props {
  readonly answer: string;
  readonly sources: readonly NumberedSource[];
  /** The number of the source whose passage is shown. */
  readonly open: number | undefined;
  readonly onOpen: (number: number | undefined) => void;
}
interface State {
  readonly showAll?: boolean;
}

/** Where the answer comes from: what it cites first, the rest of what was found behind one button. */
export class Sources extends Component<Props, State> {
  private root: HTMLElement | null = null;

  override componentDidUpdate(before: Props) {
    // Opened from a citation further up: the reader is taken to it.
    if (before.open !== this.props.open) {
      this.root?.querySelector<HTMLElement>("[aria-expanded=true]")?.focus();
    }
  }

  override render({ answer, sources, open, onOpen }: Props, { showAll }: State) {
    const shown = sources.filter(({ isMain, number }) => showAll || isMain || number === open);
    const hidden = sources.length - shown.length;
    return (
      <section
        ref={(root) => {
          this.root = root;
        }}
        aria-label={say("sources")}
        class="sources"
      >
        <ol>
          {shown.map((source) => (
            <Source
              key={source.number}
              answer={answer}
              source={source}
              isOpen={source.number === open}
              onToggle={() => onOpen(source.number === open ? undefined : source.number)}
            />
          ))}
        </ol>
        {hidden > 0 && (
          <button type="button" class="quiet" onClick={() => this.setState({ showAll: true })}>
            {sayCount("morePassages", hidden)}
          </button>
        )}
      </section>
    );
  }
}

function Source({
  answer,
  source: { number, context },
  isOpen,
  onToggle,
}: {
  readonly answer: string;
  readonly source: NumberedSource;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const url = isOpen && context.url ? safeUrl(context.url) : undefined;
  return (
    <li>
      <button type="button" aria-expanded={isOpen} onClick={onToggle}>
        <span class="cite">{number}</span>
        <span class="title" dir="auto">
          {titleOf(context) || say("source", { number })}
        </span>
        <small>{placeOf(context)}</small>
        <Icon shape={CHEVRON} />
      </button>
      {isOpen && (
        <div>
          <Passage text={context.text} said={citingText(answer, number)} />
          {url ? (
            <a href={url.href} title={url.place} target="_blank" rel="noopener noreferrer nofollow">
              {say("openLink", { place: url.place })}
            </a>
          ) : (
            <small>{context.source}</small>
          )}
        </div>
      )}
    </li>
  );
}

/** Passages are Markdown as well, and no more to be trusted than answers. What the answer took from one is marked. */
class Passage extends Component<{ readonly text: string; readonly said: string }> {
  private quote: HTMLElement | null = null;

  override componentDidMount() {
    const { quote } = this;
    const { text, said } = this.props;
    if (!quote) return;
    createMarkdownView(quote, []).show(text, true);
    markRanges(quote, findQuotes(quote.textContent ?? "", said));
  }

  override render() {
    return (
      <blockquote
        class="prose"
        ref={(quote) => {
          this.quote = quote;
        }}
      />
    );
  }
}
