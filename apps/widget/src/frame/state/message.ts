/** A message as it is sent: sending the very same one again is the same turn, so all of it is kept. */
export interface OutgoingMessage {
  readonly text: string;
  readonly idempotencyKey: string;
  /** Undefined begins a new conversation. */
  readonly conversationId?: string | undefined;
  /** The turn that is asked again, so that the record holds the question once. */
  readonly replaceMessageId?: number | undefined;
  readonly useRag: boolean;
  /** What the page told of itself when this was sent first. */
  readonly context?: object | undefined;
  /** When it was written, in ms since 1970. */
  readonly at: number;
}

/** A message that waits to be sent: its conversation is known when it is. */
export type QueuedMessage = Pick<OutgoingMessage, "text" | "idempotencyKey" | "at">;

/** Reads a kept message back; undefined when there is none, or none that can be sent. */
export function parseMessage(json: string | undefined): OutgoingMessage | undefined {
  const message: OutgoingMessage | null | undefined = parse(json);
  return message?.text && message.idempotencyKey ? message : undefined;
}

/** Reads the kept queue back. */
export function parseQueue(json: string | undefined): readonly QueuedMessage[] {
  const messages: unknown = parse(json);
  if (!Array.isArray(messages)) return [];
  return messages.filter((message: Partial<QueuedMessage> | null) => {
    return typeof message?.text === "string" && typeof message.idempotencyKey === "string";
  });
}

function parse(json: string | undefined) {
  try {
    return JSON.parse(json ?? "null");
  } catch {
    return undefined;
  }
}
