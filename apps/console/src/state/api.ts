import type {
  LinkAcceptResponse,
  LinkCheckResponse,
  Problem,
  SessionResponse,
} from "@orcha/contract";

const ADMIN = "/api/v1/orcha/admin";
const MINUTE_SECONDS = 60;

export type Operator = NonNullable<SessionResponse["operator"]>;

/** Why something was not done, in words for the person who asked. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the page asks of its own server. Each rejects with a Refusal. */
export const api = {
  session: () => ask<SessionResponse>("GET", "session"),
  signIn: (email: string, password: string) =>
    ask<SessionResponse>("POST", "session", { email, password }),
  signOut: () => ask<SessionResponse>("DELETE", "session"),
  changePassword: (current: string, next: string) =>
    ask<SessionResponse>("POST", "session/password", { current, new: next }),
  checkLink: (token: string) => ask<LinkCheckResponse>("POST", "links/check", { token }),
  acceptLink: (fields: { token: string; password: string; name: string; email?: string }) =>
    ask<LinkAcceptResponse>("POST", "links/accept", fields),
};

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const request: RequestInit = { method };
  if (body) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(`${ADMIN}/${path}`, request).catch(() => undefined);
  if (!response) throw new Refusal(0, "The server did not answer. Please try again.");
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as Answer; // our own server, of the same build
  const detail = (answer as Partial<Problem> | undefined)?.detail;
  throw new Refusal(response.status, sentenceFor(response, detail));
}

function sentenceFor(response: Response, detail: string | undefined): string {
  if (response.status !== 429) return detail ?? "The server did not answer. Please try again.";
  const minutes = Math.ceil(Number(response.headers.get("Retry-After")) / MINUTE_SECONDS);
  return minutes > 1
    ? `Too many attempts. Please try again in ${minutes} minutes.`
    : "Too many attempts. Please try again in a minute.";
}
