import { Component } from "preact";
import { say } from "../i18n/words.ts";
import type { Activity } from "../state/answering.ts";
import { Icon } from "./icon.tsx";
import { SEND, STOP } from "./shapes.ts";

interface Props {
  readonly activity: Activity;
  readonly canSend: boolean;
  readonly onPress: (event: Event) => void;
}

/** One button in one place: it sends, and stops what it sent. Without a network it keeps what is to be sent. */
export class Press extends Component<Props> {
  private readonly look = () => this.setState({});

  override componentDidMount() {
    window.addEventListener("online", this.look);
    window.addEventListener("offline", this.look);
  }
  override componentWillUnmount() {
    window.removeEventListener("online", this.look);
    window.removeEventListener("offline", this.look);
  }

  override render({ activity, canSend, onPress }: Props) {
    const keeps = !navigator.onLine;
    const stops = !keeps && (activity === "answering" || activity === "stopping");
    const isDisabled = stops
      ? activity === "stopping"
      : !canSend || (activity !== "idle" && !keeps);
    const name = say(stops ? "stop" : "send");
    return (
      <button
        type="button"
        class={stops ? "send stops" : "send"}
        aria-label={name}
        title={name}
        onClick={onPress}
        disabled={isDisabled}
      >
        <Icon shape={stops ? STOP : SEND} />
      </button>
    );
  }
}
