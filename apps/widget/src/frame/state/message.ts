/** A message as it is sent: sending the very same one again is the same turn, so all of it is kept. */
export interface OutgoingMessage {
  readonly text: string;
  readonly idempotencyKey: string;
  /** Undefined begins a new conversation. */
  readonly conversationId?: string | undefined;
  /** The turn that is asked again, so that the record holds the question once. */
  readonly replaceMessageId?: number | undefined;
  readonly useRag: boolean;
  /** When it was written, in ms since 1970. */
  readonly at: number;
}

/** Reads a kept message back; undefined when there is none, or none that can be sent. */
export function parseMessage(json: string | undefined): OutgoingMessage | undefined {
  try {
    const message: OutgoingMessage | null = JSON.parse(json ?? "null");
    return message?.text && message.idempotencyKey ? message : undefined;
  } catch {
    return undefined;
  }
}
