import type { FrameOptions } from "../../protocol.ts";
import type { AuraEventName, AuraEvents } from "../../surface.ts";
import type { Turn } from "./turn.ts";

/** Tells the page's listeners what happens in the chat; the words of messages only where the page asked for them. */
export interface PageTeller {
  sent(text: string): void;
  started(turn: Turn, conversationId: number): void;
  stopping(turn: Turn | undefined): void;
  ended(turn: Turn, conversation: string | undefined): void;
}

/** What telling the page needs. */
export interface PageTellerDeps {
  emit<Name extends AuraEventName>(name: Name, detail: AuraEvents[Name]): void;
  options(): FrameOptions;
}

/** Makes what tells the page. */
export function createPageTeller({ emit, options }: PageTellerDeps): PageTeller {
  const words = (text: string) => (options().events?.content === true ? { text } : {});
  return {
    sent: (text) => emit("message:sent", words(text)),
    started({ id = 0 }, conversationId) {
      emit("response:start", { turnId: id, conversationId });
    },
    stopping: (turn) => emit("response:stop", turnIdOf(turn)),
    ended(turn, conversation) {
      const { phase, ending, failure, messageId, answer } = turn;
      if (answer && phase === "done") {
        const conversationId = numberOf(conversation);
        const id = messageId === undefined ? {} : { messageId };
        emit("message:received", { conversationId, ...id, ...words(answer) });
      }
      if (failure) emit("error", { code: failure.code, message: failure.message });
      const outcome = phase === "failed" ? phase : (ending ?? "done");
      emit("response:end", { ...turnIdOf(turn), outcome });
    },
  };
}

function turnIdOf(turn: Turn | undefined) {
  return turn?.id === undefined ? {} : { turnId: turn.id };
}

function numberOf(id: string | undefined): number | null {
  return id === undefined ? null : Number(id);
}
