import { say, Watch } from "../kit.ts";
import type { Chat } from "../state/chat.ts";

/** What was written and could not be sent yet, in its order. */
export function Queued({ queue }: { readonly queue: Chat["queue"] }) {
  return (
    <Watch on={[queue.messages]}>
      {() =>
        queue.messages.value.map((message) => (
          <article class="turn waiting" key={message.idempotencyKey}>
            <p class="question">
              <span class="unseen">{say("questionLabel")} </span>
              <span dir="auto">{message.text}</span>
            </p>
            <p class="ending">
              {say("queued")}
              <button type="button" class="quiet" onClick={() => queue.takeBack(message)}>
                {say("takeBack")}
              </button>
            </p>
          </article>
        ))
      }
    </Watch>
  );
}
