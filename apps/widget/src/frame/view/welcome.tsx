import type { OwnOptions } from "../host.ts";
import { Icon } from "./icon.tsx";

/** What stands there before the first question. */
export function Welcome({
  options,
  mustSignIn,
  onStarter,
}: {
  readonly options: OwnOptions;
  readonly mustSignIn: boolean;
  readonly onStarter: (text: string) => void;
}) {
  const { greeting, starters, useRag } = options;
  if (mustSignIn) {
    return (
      <main class="welcome">
        <h2>Please sign in to chat.</h2>
      </main>
    );
  }
  return (
    <main class="welcome">
      <h2 dir="auto">{greeting?.title || "Hello, how can we help?"}</h2>
      <p dir="auto">
        {greeting?.text ||
          `Ask anything.${useRag !== false ? " Answers show where they come from." : ""}`}
      </p>
      <div class="starters">
        {starters?.map((text) => (
          <button type="button" key={text} dir="auto" onClick={() => onStarter(text)}>
            <span>{text}</span>
            <Icon name="arrow" />
          </button>
        ))}
      </div>
    </main>
  );
}
