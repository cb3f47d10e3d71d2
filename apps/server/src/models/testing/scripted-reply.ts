/** How a scripted model answers one request. Everything is optional: `{ tokens: ["Hi"] }` is a whole answer. */
export interface ScriptedReply {
  /** Each becomes one event. Without `tokenMs` and `pieceBytes` all leave in one write. */
  readonly tokens?: readonly string[];
  /** Wait before the status line. */
  readonly headersMs?: number;
  /** Wait between the head of the response and the first event. */
  readonly firstTokenMs?: number;
  /** Wait after each event. */
  readonly tokenMs?: number;
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, instead of tokens: for error answers. */
  readonly body?: string;
  /** Pieces of the body sent as they are, one write each, instead of tokens: recorded wires, garbage, half events. */
  readonly raw?: readonly (string | Uint8Array)[];
  /** Cuts the stream of events into pieces of so many bytes, through lines and characters. */
  readonly pieceBytes?: number;
  /** Null leaves it out. @default "stop" */
  readonly finishReason?: string | null;
  /** Tokens in and out; null leaves the usage out. @default [7, number of tokens] */
  readonly usage?: readonly [number, number] | null;
  /** Events put in front of the finish, such as an error object or a comment (`: ping`). */
  readonly extraEvents?: readonly (string | object)[];
  /**
   * `done` ends with `[DONE]`, `no-done` without it, `cut` destroys the socket after the last token, `hang` keeps it open
   * after the last token, `endless` repeats the tokens until the socket closes, `silence` never answers at all, `reset`
   * destroys the socket instead of answering.
   *
   * @default "done"
   */
  readonly ending?: "done" | "no-done" | "cut" | "hang" | "endless" | "silence" | "reset";
  /** What `endless` repeats, instead of the tokens. */
  readonly endlessPiece?: string;
}

/** The server-sent events of a reply, in order, one string each. */
export function completionEvents(reply: ScriptedReply): string[] {
  const { tokens = [], ending = "done" } = reply;
  const events = tokens.map((token) => chunkEvent({ content: token }, null));
  for (const extra of reply.extraEvents ?? []) {
    events.push(typeof extra === "string" ? `${extra}\n\n` : dataEvent(extra));
  }
  if (ending !== "done" && ending !== "no-done") return events;

  const finishReason = reply.finishReason === undefined ? "stop" : reply.finishReason;
  if (finishReason !== null) events.push(chunkEvent({}, finishReason));
  const usage = reply.usage === undefined ? ([7, tokens.length] as const) : reply.usage;
  if (usage !== null) {
    const [input, output] = usage;
    events.push(
      dataEvent({
        id: "scripted",
        object: "chat.completion.chunk",
        choices: [],
        usage: {
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: input + output,
        },
      }),
    );
  }
  if (ending === "done") events.push("data: [DONE]\n\n");
  return events;
}

function chunkEvent(delta: object, finishReason: string | null): string {
  return dataEvent({
    id: "scripted",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
}

function dataEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
