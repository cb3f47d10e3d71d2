import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";

/** One frame of an event stream, unparsed. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface EventReader {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The next frame; undefined at the end of the stream. */
  next(): Promise<Frame | undefined>;
  /** All that are left. */
  rest(): Promise<readonly Frame[]>;
  /** Leaves as a closed tab does. */
  leave(): void;
}

export interface EventRequest {
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Posted as JSON; without one it is a GET. */
  readonly body?: unknown;
}

/** Opens an event stream and reads it frame by frame. */
export async function openEvents(options: EventRequest): Promise<EventReader> {
  const { url, path, headers = {}, body } = options;
  const sent: ClientRequest = request(`${url}/api/v1/orcha/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json", ...headers },
    agent: false,
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response]: [IncomingMessage] = (await once(sent, "response")) as [IncomingMessage];
  response.setEncoding("utf8");
  const frames = readFrames(response);
  const reader: EventReader = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next: async () => (await frames.next()).value ?? undefined,
    async rest() {
      const all: Frame[] = [];
      for (let frame = await reader.next(); frame; frame = await reader.next()) all.push(frame);
      return all;
    },
    leave: () => void response.destroy(),
  };
  return reader;
}

async function* readFrames(response: IncomingMessage): AsyncGenerator<Frame, void> {
  let unread = "";
  for await (const piece of response) {
    const texts = `${unread}${piece}`.split("\n\n");
    unread = texts.pop() ?? "";
    for (const text of texts) {
      const [, id, event, data] = /^id: (.+)\nevent: (.+)\ndata: (.+)$/.exec(text) ?? [];
      if (id && event && data) yield { id, event, data };
    }
  }
}
