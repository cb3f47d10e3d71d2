import { deleteConversation, type OwnConversation, renameConversation } from "@orcha/client";
import { Component, failureOf, IconButton, languageTag, say, sayFailure } from "../kit.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import { PEN, TRASH } from "./shapes.ts";

const MAX_TITLE = 100;

interface Props {
  readonly summary: OwnConversation;
  /** Whether it is the one on screen. */
  readonly isOpen: boolean;
  readonly chat: Chat;
  readonly announcer: Announcer;
  readonly onOpen: () => void;
  /** Undefined once it is deleted. */
  readonly onChange: (summary: OwnConversation | undefined) => void;
}
interface State {
  readonly mode?: "name" | "delete" | undefined;
  readonly failure?: string | undefined;
}

/** One conversation in the list, and what can be done with it. */
export class ConversationRow extends Component<Props, State> {
  private input: HTMLInputElement | null = null;
  private root: HTMLLIElement | null = null;

  override componentDidUpdate(_: Props, before: State) {
    const { mode } = this.state;
    if (mode === before.mode) return;
    // The focus follows into the form, and back to the button that opened it.
    const next = mode ? "[data-first]" : `[data-opens=${before.mode}] button, button`;
    this.root?.querySelector<HTMLElement>(next)?.focus();
    if (mode === "name") this.input?.select();
  }

  private async act(work: () => Promise<OwnConversation | undefined>, said: string) {
    const { announcer, onChange } = this.props;
    try {
      const summary = await work();
      announcer.say(said);
      this.setState({ mode: undefined, failure: undefined });
      onChange(summary);
    } catch (error) {
      const message = sayFailure(failureOf(error));
      this.setState({ failure: message });
      announcer.say(message);
    }
  }

  private readonly rename = (event: Event) => {
    event.preventDefault();
    const { chat, summary } = this.props;
    const title = this.input?.value.trim() || null;
    const call = { ...chat.connection(), conversationId: summary.id, title };
    void this.act(() => renameConversation(call), say("saved"));
  };

  private readonly delete = () => {
    const { chat, summary } = this.props;
    const call = { ...chat.connection(), conversationId: summary.id };
    void this.act(async () => {
      await deleteConversation(call);
      return undefined;
    }, say("deleted"));
  };

  private readonly setMode = (mode: State["mode"]) => this.setState({ mode, failure: undefined });

  /** Escape leaves the form, and not the dialog around it. */
  private readonly leave = (event: KeyboardEvent) => {
    if (event.keyCode !== 27 || !this.state.mode) return;
    event.preventDefault();
    event.stopPropagation();
    this.setMode(undefined);
  };

  override render(props: Props, { mode, failure }: State) {
    return (
      <li
        ref={(root) => {
          this.root = root;
        }}
        class={props.isOpen ? "row current" : "row"}
        onKeyDown={this.leave}
      >
        {mode === "name" && this.drawName(props)}
        {mode === "delete" && this.drawQuestion()}
        {!mode && this.drawRow(props)}
        {failure && (
          <p class="over" role="alert">
            {failure}
          </p>
        )}
      </li>
    );
  }

  private drawRow({ summary: { title, updated_at }, isOpen, onOpen }: Props) {
    return [
      <button
        type="button"
        key="open"
        class="name"
        aria-current={isOpen || undefined}
        onClick={onOpen}
      >
        <span dir="auto">{title}</span>
        <small>{isOpen ? say("current") : timeOf(updated_at)}</small>
      </button>,
      <span key="rename" data-opens="name">
        <IconButton
          shape={PEN}
          name={say("renameNamed", { title })}
          onClick={() => this.setMode("name")}
        />
      </span>,
      <span key="delete" data-opens="delete">
        <IconButton
          shape={TRASH}
          name={say("deleteNamed", { title })}
          onClick={() => this.setMode("delete")}
        />
      </span>,
    ];
  }

  private drawName({ summary: { title } }: Props) {
    return (
      <form class="inline" onSubmit={this.rename}>
        <input
          ref={(input) => {
            this.input = input;
          }}
          data-first
          dir="auto"
          maxLength={MAX_TITLE}
          aria-label={say("name")}
          defaultValue={title}
        />
        <button type="button" class="quiet" onClick={() => this.setMode(undefined)}>
          {say("cancel")}
        </button>
        <button type="submit" class="primary">
          {say("save")}
        </button>
      </form>
    );
  }

  private drawQuestion() {
    return (
      <fieldset class="inline">
        <legend>{say("deleteQuestion")}</legend>
        <button type="button" class="quiet" data-first onClick={() => this.setMode(undefined)}>
          {say("cancel")}
        </button>
        <button type="button" class="danger" onClick={this.delete}>
          {say("delete")}
        </button>
      </fieldset>
    );
  }
}

const DAY_MS = 86_400_000;

/** Today's with the hour, others with the day. */
function timeOf(iso: string): string {
  const time = new Date(iso);
  const isToday = Date.now() - time.getTime() < DAY_MS;
  return time.toLocaleString(
    languageTag(),
    isToday ? { timeStyle: "short" } : { dateStyle: "medium" },
  );
}
