import { Component, type ComponentChildren } from "preact";
import type { ReadonlySignal } from "../state/signal.ts";

/** Draws its child function again whenever one of the signals changes. */
export class Watch extends Component<{
  readonly on: readonly ReadonlySignal<unknown>[];
  readonly children: () => ComponentChildren;
}> {
  private stops: readonly (() => void)[] = [];

  override componentDidMount() {
    this.stops = this.props.on.map((source) => source.subscribe(() => this.setState({})));
  }
  override componentWillUnmount() {
    for (const stop of this.stops) stop();
  }
  override render() {
    return this.props.children();
  }
}
