import { eraseMyData, exportMyData } from "@orcha/client";
import { Component, failureOf, Icon, say, sayFailure } from "../kit.ts";
import type { MenuProps } from "../view/menu-slot.tsx";
import { saveFile } from "./save-file.ts";
import { DOWNLOAD, TRASH } from "./shapes.ts";

interface State {
  readonly asks?: boolean;
  readonly isBusy?: boolean;
  readonly failure?: string | undefined;
  readonly receipt?: string | undefined;
}

/** What is kept of the visitor: to take along, or to have deleted with a receipt. */
export class Privacy extends Component<MenuProps & { readonly onErased: () => void }, State> {
  private async act(work: () => Promise<State>) {
    this.setState({ isBusy: true, failure: undefined });
    const next = await work().catch((error: unknown) => ({
      failure: sayFailure(failureOf(error)),
    }));
    this.setState({ isBusy: false, ...next });
    if (next.failure) this.props.announcer.say(next.failure);
  }

  private readonly download = () =>
    this.act(async () => {
      const text = await exportMyData(this.props.chat.connection());
      saveFile("my-data.json", "application/json", text);
      return {};
    });

  private readonly erase = () =>
    this.act(async () => {
      const { chat, announcer } = this.props;
      const { receipt_id } = await eraseMyData(chat.connection());
      // Of a visitor of whom nothing was kept there is nothing to show for it.
      const receipt = `${receipt_id ?? "–"}`;
      await chat.logout(true);
      announcer.say(say("dataDeleted", { receipt }));
      return { receipt, asks: false };
    });

  override render({ onErased }: MenuProps & { readonly onErased: () => void }, state: State) {
    const { asks, isBusy, failure, receipt } = state;
    if (receipt !== undefined) {
      return (
        <div class="menu privacy">
          <p class="done">{say("dataDeleted", { receipt })}</p>
          <button type="button" class="primary" onClick={onErased}>
            {say("back")}
          </button>
        </div>
      );
    }
    return (
      <div class="menu privacy">
        <p>{say("privacyText")}</p>
        <ul class="actions">
          <li>
            <button type="button" disabled={isBusy} onClick={() => void this.download()}>
              <Icon shape={DOWNLOAD} />
              {say("downloadData")}
            </button>
          </li>
          <li>
            <button
              type="button"
              disabled={isBusy}
              aria-expanded={asks ?? false}
              onClick={() => this.setState({ asks: !asks })}
            >
              <Icon shape={TRASH} />
              {say("deleteData")}
            </button>
          </li>
        </ul>
        {asks && (
          <fieldset class="question-box">
            <legend>{say("deleteDataQuestion")}</legend>
            <button type="button" class="quiet" onClick={() => this.setState({ asks: false })}>
              {say("cancel")}
            </button>
            <button
              type="button"
              class="danger"
              disabled={isBusy}
              onClick={() => void this.erase()}
            >
              {say("deleteDataNow")}
            </button>
          </fieldset>
        )}
        {failure && (
          <p class="over" role="alert">
            {failure}
          </p>
        )}
      </div>
    );
  }
}
