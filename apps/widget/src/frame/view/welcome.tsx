import type { FrameOptions } from "../../protocol.ts";
import { say } from "../i18n/words.ts";
import { Icon } from "./icon.tsx";
import { ARROW } from "./shapes.ts";

/** What stands there before the first question. */
export function Welcome({
  options: { greeting, starters, useRag },
  onStarter,
}: {
  readonly options: FrameOptions;
  readonly onStarter: (text: string) => void;
}) {
  const text = greeting?.text ?? say(useRag === false ? "greetingText" : "greetingSources");
  return (
    <main class="welcome">
      <h2 dir="auto">{greeting?.title || say("greetingTitle")}</h2>
      {text && <p dir="auto">{text}</p>}
      <div class="starters">
        {(typeof starters === "object" ? starters : []).map((starter) => (
          <button type="button" key={starter} dir="auto" onClick={() => onStarter(starter)}>
            <span>{starter}</span>
            <Icon shape={ARROW} look="onward" />
          </button>
        ))}
      </div>
    </main>
  );
}

/** What stands there while nobody may chat who has not signed in. */
export function SignIn() {
  return (
    <main class="welcome">
      <h2>{say("signIn")}</h2>
    </main>
  );
}
