import { Component, say } from "../kit.ts";
import type { Announcer } from "../state/announcer.ts";

const SLOW_AFTER_MS = 8000;

/** Dots, and after a while a sentence. */
export class Waiting extends Component<
  { readonly announcer: Announcer; readonly reconnecting: string | undefined },
  { readonly isSlow?: boolean }
> {
  private timer: unknown;

  override componentDidMount() {
    this.timer = setTimeout(() => {
      this.setState({ isSlow: true });
      this.props.announcer.say(say("slow"));
    }, SLOW_AFTER_MS);
  }
  override componentWillUnmount() {
    clearTimeout(Number(this.timer));
  }
  override render() {
    const text = this.props.reconnecting ?? (this.state.isSlow ? say("slow") : undefined);
    return <Dots label={say("waiting")} text={text} />;
  }
}

/** Three dots that say something is on its way. */
export function Dots({
  label,
  text,
}: {
  readonly label: string;
  readonly text?: string | undefined;
}) {
  return (
    <p class="dots">
      <i />
      <i />
      <i />
      <span class={text ? "" : "unseen"}>{text ?? label}</span>
    </p>
  );
}
