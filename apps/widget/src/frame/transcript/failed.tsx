import type { ComponentChildren } from "preact";
import { say } from "../kit.ts";

/** What went wrong, what is kept, and the one button that helps. */
export function Failed({
  reason,
  canRetry = true,
  onRetry,
  children,
}: {
  readonly reason: string;
  readonly canRetry?: boolean;
  /** Undefined when trying again is of no use, and nothing to be alarmed about. */
  readonly onRetry: (() => void) | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={onRetry ? "failure" : "failure calm"}>
      <p>
        <b dir="auto">{reason}</b>
        {children}
      </p>
      {onRetry && (
        <button type="button" disabled={!canRetry} onClick={onRetry}>
          {say("retry")}
        </button>
      )}
    </div>
  );
}
