import { Component } from "preact";
import type { FrameConfig } from "../config.ts";
import { say } from "../i18n/words.ts";
import type { Host } from "../page/host.ts";
import { paint, watchScheme } from "../page/paint.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import type { Consenting } from "../state/consenting.ts";
import type { ReadonlySignal } from "../state/signal.ts";
import { Composer } from "./composer.tsx";
import { Consent } from "./consent.tsx";
import { focusInput } from "./focus-input.ts";
import { Header } from "./header.tsx";
import { LiveRegion } from "./live-region.tsx";
import { MenuSlot } from "./menu-slot.tsx";
import { transcriptPart } from "./parts.ts";
import { TranscriptSlot } from "./transcript-slot.tsx";
import { Watch } from "./watch.tsx";
import { SignIn, Welcome } from "./welcome.tsx";

interface Props {
  readonly host: Host;
  readonly config: FrameConfig;
  readonly chat: Chat;
  readonly announcer: Announcer;
  readonly consenting: Consenting;
  /** Changes whenever the words do. */
  readonly language: ReadonlySignal<number>;
  readonly unread: ReadonlySignal<number>;
}

/** How much is drawn, each in a task of its own: nothing, where one writes, what is above it, what is between. */
const STAGES = { input: 1, header: 2, all: 3 } as const;

interface State {
  readonly isMenuOpen?: boolean;
  /** One of `STAGES`. */
  readonly stage?: number;
}

/** Everything inside the frame. */
export class App extends Component<Props, State> {
  /** Whoever opened the chat writes next; a frame that is only prepared takes the focus from nobody. */
  private readonly focus = () => {
    const { isEmbedded, shown, options } = this.props.host;
    const isOpened = isEmbedded && (options.value.mode ?? "bubble") === "bubble";
    if (isOpened && shown.value) focusInput();
  };
  private readonly showMenu = (isMenuOpen: boolean) => this.setState({ isMenuOpen });

  override componentDidMount() {
    const { host, chat } = this.props;
    this.drawMore();
    for (const doubt of [chat.isUnsure, chat.visitors]) doubt.subscribe(() => this.showMenu(false));
    document.addEventListener("keydown", (event) => {
      // 229 while a word is being composed. An open dialog closes itself first.
      if (event.keyCode === 27 && !document.querySelector("dialog[open]")) host.close();
    });
    // A control that was used may vanish; the focus then goes on to the composer instead of nowhere.
    document.addEventListener("click", ({ target }) =>
      setTimeout(() => {
        if (target instanceof Node && !target.isConnected) focusInput();
      }),
    );
    watchScheme(() => this.setState({}));
    host.shown.subscribe(this.focus);
  }

  private drawMore() {
    const { stage = 0 } = this.state;
    if (stage === STAGES.all) return;
    setTimeout(() =>
      this.setState({ stage: stage + 1 }, () => {
        if (stage + 1 === STAGES.input) this.focus();
        this.drawMore();
      }),
    );
  }

  override render({ host, config, chat, consenting, language, unread }: Props) {
    const { options } = host;
    const isEmpty = [chat.turns, chat.restoring, chat.queue.messages];
    const whose = [chat.isUnsure, chat.mustSignIn];
    return (
      <Watch on={[options, language, ...isEmpty, ...whose, consenting.isGiven, unread]}>
        {() => {
          const { stage = 0 } = this.state;
          if (stage >= STAGES.header) paint(host, config.accent, unread.value);
          const { header, mode } = options.value;
          const title = header?.title || config.name || say("assistant");
          const closes = host.isEmbedded && (mode ?? "bubble") === "bubble";
          return [
            stage >= STAGES.header && (
              <Header
                key="header"
                title={title}
                subtitle={header?.subtitle}
                avatar={header?.avatar}
                onNew={this.isEmpty() ? undefined : chat.newConversation}
                onMenu={this.mayChat() ? () => this.showMenu(true) : undefined}
                onClose={closes ? host.close : undefined}
              />
            ),
            stage === STAGES.all && !chat.isUnsure.value ? this.middle() : <main key="middle" />,
            stage >= STAGES.input && this.mayChat() && (
              <Composer key="composer" chat={chat} options={options.value} />
            ),
            this.state.isMenuOpen && (
              <MenuSlot key="menu" {...this.props} onClose={() => this.showMenu(false)} />
            ),
            <LiveRegion key="live" announcer={this.props.announcer} />,
          ];
        }}
      </Watch>
    );
  }

  private isEmpty(): boolean {
    const { turns, restoring, queue } = this.props.chat;
    const nothing = turns.value.length === 0 && queue.messages.value.length === 0;
    return nothing && restoring.value === "no";
  }

  private mayChat(): boolean {
    const { isUnsure, mustSignIn } = this.props.chat;
    return !isUnsure.value && !mustSignIn.value && this.props.consenting.isGiven.value;
  }

  /** What stands between header and composer. */
  private middle() {
    const { chat, consenting, host, announcer } = this.props;
    const options = host.options.value;
    const { consent } = options;
    if (chat.mustSignIn.value && this.isEmpty()) return <SignIn key="sign-in" />;
    if (!consenting.isGiven.value && consent) {
      return <Consent key="consent" consent={consent} onAgree={consenting.agree} />;
    }
    if (!this.isEmpty()) {
      return <TranscriptSlot key="transcript" chat={chat} announcer={announcer} />;
    }
    const ask = (text: string) => {
      transcriptPart.load();
      chat.send(text);
    };
    return <Welcome key="welcome" options={options} onStarter={ask} />;
  }
}
