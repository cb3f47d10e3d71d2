import type { ConsentOptions } from "../../surface.ts";
import { say } from "../i18n/words.ts";

/** Asks for the visitor's agreement before anything is sent. */
export function Consent({
  consent: { text, url },
  onAgree,
}: {
  readonly consent: ConsentOptions;
  readonly onAgree: () => void;
}) {
  return (
    <main class="welcome consent">
      <h2>{say("consentTitle")}</h2>
      <p dir="auto">{text}</p>
      {url && /^https?:/i.test(url) && (
        <p>
          <a href={url} target="_blank" rel="noopener noreferrer">
            {say("consentMore")}
          </a>
        </p>
      )}
      <button type="button" class="primary" onClick={onAgree}>
        {say("consentAgree")}
      </button>
    </main>
  );
}
