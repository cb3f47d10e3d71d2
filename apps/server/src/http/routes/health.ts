import type { RequestContext } from "../context.ts";
import { sendJson } from "../send.ts";

const READY_WITHIN_MS = 2_000;

export interface HealthDeps {
  /** Asks the database the smallest question; rejects when it is away. */
  readonly askDatabase: () => Promise<void>;
  /** True once the process is going away. */
  readonly isDraining: () => boolean;
}

/** `GET /healthz`: the process is alive. */
export function healthz(c: RequestContext): Response {
  return sendJson(c, 200, { status: "ok" });
}

/** `GET /readyz`: it takes turns; not while it is going away, nor while its database does not answer. */
export async function readyz(c: RequestContext, deps: HealthDeps): Promise<Response> {
  if (deps.isDraining()) return sendJson(c, 503, { status: "draining" });
  const answered = await answersInTime(deps.askDatabase);
  return answered
    ? sendJson(c, 200, { status: "ready" })
    : sendJson(c, 503, { status: "database away" });
}

async function answersInTime(ask: HealthDeps["askDatabase"]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, READY_WITHIN_MS, false);
  });
  const asked = ask().then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answered;
}
