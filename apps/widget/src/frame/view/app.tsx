import { Component } from "preact";
import type { ColorScheme } from "../../protocol.ts";
import type { FrameConfig } from "../config.ts";
import type { Host } from "../host.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import { Composer } from "./composer.tsx";
import { focusInput } from "./focus-input.ts";
import { Header } from "./header.tsx";
import { LiveRegion } from "./live-region.tsx";
import { Transcript } from "./transcript.tsx";
import { Watch } from "./watch.tsx";
import { Welcome } from "./welcome.tsx";

interface Props {
  readonly host: Host;
  readonly config: FrameConfig;
  readonly chat: Chat;
  readonly announcer: Announcer;
}

/** Everything inside the frame. */
export class App extends Component<Props> {
  override componentDidMount() {
    const { host } = this.props;
    document.addEventListener("keydown", (event) => {
      if (event.keyCode === 27) host.close(); // 229 while a word is being composed
    });
    // A control that was used may vanish; the focus then goes on to the composer instead of nowhere.
    document.addEventListener("click", ({ target }) =>
      setTimeout(() => {
        if (target instanceof Node && !target.isConnected) focusInput();
      }),
    );
    host.onShown(focusInput);
    host.ready();
  }

  override render({ host, config, chat, announcer }: Props) {
    return (
      <Watch on={[host.options, chat.turns, chat.restoring, chat.mustSignIn]}>
        {() => {
          const options = host.options.value;
          const isEmpty = chat.turns.value.length === 0 && chat.restoring.value === "no";
          const mustSignIn = chat.mustSignIn.value;
          paint(options.colorScheme, config);
          return [
            <Header
              key="header"
              title={options.header?.title || config.name || "Assistant"}
              subtitle={options.header?.subtitle}
              onNew={isEmpty ? undefined : chat.newConversation}
              onClose={host.isEmbedded ? host.close : undefined}
            />,
            isEmpty ? (
              <Welcome
                key="welcome"
                options={options}
                mustSignIn={mustSignIn}
                onStarter={chat.send}
              />
            ) : (
              <Transcript key="transcript" chat={chat} announcer={announcer} />
            ),
            !mustSignIn && <Composer key="composer" chat={chat} />,
            <LiveRegion key="live" announcer={announcer} />,
          ];
        }}
      </Watch>
    );
  }
}

/** Colours are set on the element and not written as a style, so that the frame's policy need not allow any. */
function paint(scheme: ColorScheme, { accent }: FrameConfig): void {
  const root = document.documentElement;
  root.className = scheme;
  for (const [name, value] of Object.entries(accent?.[scheme] ?? {})) {
    root.style.setProperty(name, value);
  }
}
