import { canRetryHelp, endingWords, IconButton, say, sayFailure, Watch } from "../kit.ts";
import type { Announcer } from "../state/announcer.ts";
import type { Chat } from "../state/chat.ts";
import type { Signal } from "../state/signal.ts";
import type { Turn } from "../state/turn.ts";
import { Answer } from "./answer.tsx";
import { Failed } from "./failed.tsx";
import { PEN } from "./shapes.ts";
import { Waiting } from "./waiting.tsx";

/** What a turn is drawn with. */
export interface TurnProps {
  readonly turn: Signal<Turn>;
  readonly isLast: boolean;
  readonly chat: Chat;
  readonly announcer: Announcer;
}

/** One question and what became of it. */
export function TurnView(props: TurnProps) {
  const { turn, isLast, chat, announcer } = props;
  return (
    <Watch on={[turn]}>
      {() => {
        const { question, answer, phase, ending, failure, reconnecting } = turn.value;
        const canEdit = isLast && chat.activity.value === "idle" && question !== "";
        return (
          <article class={isLast ? "turn last" : "turn"}>
            {question && (
              <div class="asked">
                {canEdit && (
                  <IconButton
                    shape={PEN}
                    look="edit"
                    name={say("edit")}
                    onClick={() => chat.edit(turn)}
                  />
                )}
                <p class="question">
                  <span class="unseen">{say("questionLabel")} </span>
                  <span dir="auto">{question}</span>
                </p>
              </div>
            )}
            {answer !== "" ? (
              <Answer {...props} />
            ) : (
              ending && <p class="ending">{endingWords(ending)}</p>
            )}
            {phase === "waiting" && <Waiting announcer={announcer} reconnecting={reconnecting} />}
            {phase === "failed" && (
              <Failed
                reason={failure ? sayFailure(failure) : say("noAnswer")}
                canRetry={chat.activity.value === "idle"}
                onRetry={canRetryHelp(failure) ? () => chat.retry(turn) : undefined}
              >
                {canRetryHelp(failure) && say("kept")}
              </Failed>
            )}
          </article>
        );
      }}
    </Watch>
  );
}
