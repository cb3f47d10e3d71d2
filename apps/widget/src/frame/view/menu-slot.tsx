import { Component } from "preact";
import { say } from "../i18n/words.ts";
import type { Host } from "../page/host.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import { menuPart } from "./parts.ts";
import { Watch } from "./watch.tsx";

/** What the menu is drawn with. */
export interface MenuProps {
  readonly host: Host;
  readonly chat: Chat;
  readonly announcer: Announcer;
  readonly onClose: () => void;
}

/** The place of the menu until what draws it is there. */
export class MenuSlot extends Component<MenuProps> {
  override componentDidMount() {
    menuPart.load();
  }

  override render(props: MenuProps) {
    return (
      <Watch on={[menuPart.loaded]}>
        {() => {
          const Menu = menuPart.loaded.value?.Menu;
          return Menu ? <Menu {...props} /> : <p class="unseen">{say("loading")}</p>;
        }}
      </Watch>
    );
  }
}
