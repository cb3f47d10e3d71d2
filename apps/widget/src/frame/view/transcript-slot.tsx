import { Component } from "preact";
import { sayFailure } from "../state/failure-of.ts";
import type { TranscriptProps } from "../transcript/transcript.tsx";
import { transcriptPart } from "./parts.ts";
import { Watch } from "./watch.tsx";

/** The place of the conversation: its plain words until what draws it is there. */
export class TranscriptSlot extends Component<TranscriptProps> {
  override componentDidMount() {
    transcriptPart.load();
  }

  override render(props: TranscriptProps) {
    const turns = props.chat.turns.value;
    return (
      <Watch on={[transcriptPart.loaded, ...turns]}>
        {() => {
          const Transcript = transcriptPart.loaded.value?.Transcript;
          if (Transcript) return <Transcript {...props} />;
          return (
            <main class="welcome">
              {turns.map(({ value: { question, answer, failure } }) => [
                <p class="question">{question}</p>,
                <p class="plain">{answer || (failure && sayFailure(failure))}</p>,
              ])}
            </main>
          );
        }}
      </Watch>
    );
  }
}
