import { request as ask } from "undici";

const GIVE_UP_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export async function send(origin: string, request: Request): Promise<Answer> {
  const { method, path, headers = {}, body } = request;
  const answer = await ask(`${origin}${path}`, {
    method,
    headersTimeout: GIVE_UP_MS,
    bodyTimeout: GIVE_UP_MS,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** Sends what must succeed. */
export async function sendSurely(origin: string, request: Request): Promise<Answer> {
  const answer = await send(origin, request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${answer.text}`);
}

/** Does a piece of work for each item, so many at a time, and gives the results in order. */
export async function forEachAtOnce<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
