/** The events of the native wires as the providers send them, for `raw` replies of a scripted server. */
export const ANTHROPIC_WIRE = {
  start: named({
    type: "message_start",
    message: {
      id: "msg_01",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 1 },
    },
  }),
  ping: named({ type: "ping" }),
  blockStart: named({
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  }),
  text: (text: string) =>
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  blockStop: named({ type: "content_block_stop", index: 0 }),
  end: (stopReason: string) =>
    named({
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 5 },
    }) + named({ type: "message_stop" }),
  error: named({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
} as const;

export const GOOGLE_WIRE = {
  text: (text: string) =>
    unnamed({
      candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0 }],
      usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 },
      modelVersion: "gemini-2.5-flash",
    }),
  end: (finishReason: string) =>
    unnamed({
      candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason, index: 0 }],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 },
      modelVersion: "gemini-2.5-flash",
    }),
  error: unnamed({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }),
} as const;

function named(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\n${unnamed(data)}`;
}

function unnamed(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
