import { Component } from "preact";

/** Says above the composer that there is no connection, while there is none. */
export class OfflineLine extends Component {
  private readonly look = () => this.setState({});

  override componentDidMount() {
    window.addEventListener("online", this.look);
    window.addEventListener("offline", this.look);
  }

  override render() {
    return (
      <div role="status">
        {!navigator.onLine && <p class="offline">You are offline. Your words are kept here.</p>}
      </div>
    );
  }
}
