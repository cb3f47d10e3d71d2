import { Component } from "preact";
import { say } from "../i18n/words.ts";

/** Says above the composer that there is no connection, while there is none. */
export class OfflineLine extends Component {
  private readonly look = () => this.setState({});

  override componentDidMount() {
    window.addEventListener("online", this.look);
    window.addEventListener("offline", this.look);
  }

  override render() {
    return (
      <div role="status">{!navigator.onLine && <p class="line offline">{say("offline")}</p>}</div>
    );
  }
}
