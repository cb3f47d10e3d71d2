import { Component } from "preact";
import { createMarkdownView } from "../markdown/markdown.ts";
import { safeUrl } from "../markdown/safe-url.ts";
import { type NumberedSource, placeOf, titleOf } from "../state/sources.ts";
import { Icon } from "./icon.tsx";

interface Props {
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

  override render({ sources, open, onOpen }: Props, { showAll }: State) {
    const shown = sources.filter(({ isMain, number }) => showAll || isMain || number === open);
    const hidden = sources.length - shown.length;
    return (
      <section
        ref={(root) => {
          this.root = root;
        }}
        aria-label="Sources"
        class="sources"
      >
        <ol>
          {shown.map((source) => (
            <Source
              key={source.number}
              source={source}
              isOpen={source.number === open}
              onToggle={() => onOpen(source.number === open ? undefined : source.number)}
            />
          ))}
        </ol>
        {hidden > 0 && (
          <button type="button" class="quiet" onClick={() => this.setState({ showAll: true })}>
            {hidden} more {hidden === 1 ? "passage" : "passages"}
          </button>
        )}
      </section>
    );
  }
}

function Source({
  source: { number, context },
  isOpen,
  onToggle,
}: {
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
          {titleOf(context) || `Source ${number}`}
        </span>
        <small>{placeOf(context)}</small>
        <Icon name="chevron" />
      </button>
      {isOpen && (
        <div>
          <blockquote
            class="prose"
            // Passages are Markdown as well, and no more to be trusted than answers.
            ref={(quote) => {
              if (quote) createMarkdownView(quote, []).show(context.text, true);
            }}
          />
          {url ? (
            <a href={url.href} title={url.place} target="_blank" rel="noopener noreferrer nofollow">
              Open {url.place}
            </a>
          ) : (
            <small>{context.source}</small>
          )}
        </div>
      )}
    </li>
  );
}
