import { say } from "../i18n/words.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icon-button.tsx";
import { CLOSE, FRESH, HISTORY } from "./shapes.ts";

/** Who answers, and the ways from here: another conversation, what is kept, and closing. */
export function Header({
  title,
  subtitle,
  avatar,
  onNew,
  onMenu,
  onClose,
}: {
  readonly title: string;
  readonly subtitle: string | undefined;
  readonly avatar: string | undefined;
  readonly onNew: (() => void) | undefined;
  readonly onMenu: (() => void) | undefined;
  readonly onClose: (() => void) | undefined;
}) {
  return (
    <header>
      <Avatar name={title} image={avatar} />
      <div class="names">
        <h1 dir="auto">{title}</h1>
        {subtitle && <p dir="auto">{subtitle}</p>}
      </div>
      {onNew && <IconButton shape={FRESH} name={say("newConversation")} onClick={onNew} />}
      {onMenu && <IconButton shape={HISTORY} name={say("openMenu")} onClick={onMenu} />}
      {onClose && <IconButton shape={CLOSE} name={say("close")} onClick={onClose} />}
    </header>
  );
}
