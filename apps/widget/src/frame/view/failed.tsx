import type { ComponentChildren } from "preact";

/** What went wrong, what is kept, and the one button that helps. */
export function Failed({
  reason,
  canRetry = true,
  onRetry,
  children,
}: {
  readonly reason: string;
  readonly canRetry?: boolean;
  readonly onRetry: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="failure">
      <p>
        <b dir="auto">{reason}</b>
        {children}
      </p>
      <button type="button" disabled={!canRetry} onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}
