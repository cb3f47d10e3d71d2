import { listConversations, type OwnConversation } from "@orcha/client";
import { Component, FRESH, failureOf, Icon, say, sayCount, sayFailure } from "../kit.ts";
import type { Failure } from "../state/turn.ts";
import type { MenuProps } from "../view/menu-slot.tsx";
import { ConversationRow } from "./conversation-row.tsx";
import { SEARCH } from "./shapes.ts";

/** A word is looked for once its writer pauses. */
const PAUSE_MS = 250;

interface Props extends MenuProps {
  /** The visitor has chosen one. */
  readonly onDone: () => void;
}
interface State {
  readonly found: readonly OwnConversation[];
  readonly cursor?: string | null;
  readonly isLoading: boolean;
  readonly failure?: Failure | undefined;
  readonly query: string;
}

/** The visitor's conversations: found, opened, renamed, deleted. */
export class ConversationList extends Component<Props, State> {
  override state: State = { found: [], isLoading: true, query: "" };
  private timer: unknown;
  private lastRead = 0;

  override componentDidMount() {
    void this.read();
  }
  override componentWillUnmount() {
    clearTimeout(Number(this.timer));
  }

  private async read(cursor?: string) {
    const { chat, announcer } = this.props;
    const { query } = this.state;
    this.lastRead += 1;
    const read = this.lastRead;
    this.setState({ isLoading: true, failure: undefined });
    try {
      const look = (at?: string) =>
        listConversations({ ...chat.connection(), search: query, cursor: at });
      let page = await look(cursor);
      // A page of a search may hold nothing and still lead on.
      while (page.data.length === 0 && page.next_cursor && read === this.lastRead) {
        page = await look(page.next_cursor);
      }
      if (read !== this.lastRead) return;
      const found = cursor ? [...this.state.found, ...page.data] : page.data;
      this.setState({ found, cursor: page.next_cursor, isLoading: false });
      if (query)
        announcer.say(found.length ? sayCount("found", found.length) : say("nothingFound"));
    } catch (error) {
      if (read !== this.lastRead) return;
      this.setState({ isLoading: false, failure: failureOf(error) });
    }
  }

  private readonly search = (query: string) => {
    this.setState({ query });
    clearTimeout(Number(this.timer));
    this.timer = setTimeout(() => void this.read(), PAUSE_MS);
  };

  private readonly open = (id: number) => {
    const { chat, onDone } = this.props;
    if (`${id}` !== chat.conversationId()) void chat.openConversation(id);
    onDone();
  };

  private readonly begin = () => {
    this.props.chat.newConversation();
    this.props.onDone();
  };

  private readonly changed = (id: number, summary: OwnConversation | undefined) => {
    const { chat } = this.props;
    if (!summary && `${id}` === chat.conversationId()) chat.newConversation();
    this.setState(({ found }) => ({
      found: found.flatMap((one) => (one.id === id ? (summary ?? []) : one)),
    }));
  };

  override render({ chat, announcer }: Props, { found, cursor, isLoading, failure, query }: State) {
    const isEmpty = found.length === 0 && !isLoading && !failure;
    return (
      <section aria-label={say("conversations")} aria-busy={isLoading} class="list">
        <button type="button" class="primary" onClick={this.begin}>
          <Icon shape={FRESH} />
          {say("newConversation")}
        </button>
        <label class="search">
          <Icon shape={SEARCH} />
          <input
            type="search"
            dir="auto"
            maxLength={200}
            aria-label={say("searchConversations")}
            placeholder={say("searchConversations")}
            value={query}
            onInput={(event) => this.search(event.currentTarget.value)}
          />
        </label>
        {failure && (
          <div class="failure">
            <p>
              <b>{say("notListed")}</b>
              {sayFailure(failure)}
            </p>
            <button type="button" onClick={() => void this.read()}>
              {say("retry")}
            </button>
          </div>
        )}
        {isEmpty && <p class="empty">{say(query ? "nothingFound" : "noConversations")}</p>}
        <ul>
          {found.map((summary) => (
            <ConversationRow
              key={summary.id}
              summary={summary}
              isOpen={`${summary.id}` === chat.conversationId()}
              chat={chat}
              announcer={announcer}
              onOpen={() => this.open(summary.id)}
              onChange={(next) => this.changed(summary.id, next)}
            />
          ))}
        </ul>
        {cursor && (
          <button type="button" class="quiet" onClick={() => void this.read(cursor)}>
            {say("more")}
          </button>
        )}
      </section>
    );
  }
}
