import { adoptStyles, CLOSE, Component, Icon, IconButton, say } from "../kit.ts";
import type { MenuProps } from "../view/menu-slot.tsx";
import { ConversationList } from "./conversation-list.tsx";
import css from "./menu.css";
import { Privacy } from "./privacy.tsx";
import { saveFile } from "./save-file.ts";
import { BACK, DOWNLOAD, SHIELD } from "./shapes.ts";
import { transcriptText } from "./transcript-text.ts";

adoptStyles(css);

/** What is not about the conversation on screen: the others, a copy of this one, and what is kept of the visitor. */
export class Menu extends Component<MenuProps, { readonly isPrivate?: boolean }> {
  private dialog: HTMLDialogElement | null = null;

  override componentDidMount() {
    // A modal dialog holds the focus, leaves with Escape, and gives the focus back.
    this.dialog?.showModal();
  }

  private readonly close = () => this.dialog?.close();

  private async download() {
    const { chat, announcer } = this.props;
    const text = await transcriptText(chat).catch(() => undefined);
    if (text === undefined) announcer.say(say("failed"));
    else saveFile("conversation.md", "text/markdown", text);
  }

  override render(props: MenuProps) {
    const { chat, host, onClose } = props;
    const isPrivate = this.state.isPrivate ?? false;
    const hasList = host.options.value.history !== false;
    return (
      <dialog
        ref={(dialog) => {
          this.dialog = dialog;
        }}
        aria-labelledby="menu-title"
        onClose={onClose}
      >
        <header>
          <h2 id="menu-title" class="names">
            {say(isPrivate ? "privacy" : "conversations")}
          </h2>
          {isPrivate ? (
            <IconButton
              shape={BACK}
              name={say("back")}
              onClick={() => this.setState({ isPrivate: false })}
            />
          ) : (
            <IconButton shape={CLOSE} name={say("back")} onClick={this.close} />
          )}
        </header>
        {isPrivate ? (
          <Privacy {...props} onErased={this.close} />
        ) : (
          <div class="menu">
            {hasList && <ConversationList {...props} onDone={this.close} />}
            <ul class="actions">
              {chat.turns.value.length > 0 && (
                <li>
                  <button type="button" onClick={() => void this.download()}>
                    <Icon shape={DOWNLOAD} />
                    {say("download")}
                  </button>
                </li>
              )}
              <li>
                <button type="button" onClick={() => this.setState({ isPrivate: true })}>
                  <Icon shape={SHIELD} />
                  {say("privacy")}
                </button>
              </li>
            </ul>
          </div>
        )}
      </dialog>
    );
  }
}
