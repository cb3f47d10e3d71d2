import { answers } from "../../db/answers.ts";
import type { Database } from "../../db/database.ts";
import type { RequestContext } from "../context.ts";
import { sendJson } from "../send.ts";

const READY_WITHIN_MS = 2_000;

/** `GET /healthz`: the process is alive. */
export function healthz(c: RequestContext): Response {
  return sendJson(c, 200, { status: "ok" });
}

/** `GET /readyz`: it takes turns; not while it is going away, nor while its database does not answer. */
export async function readyz(
  c: RequestContext,
  deps: { readonly database: Database; readonly isDraining: () => boolean },
): Promise<Response> {
  if (deps.isDraining()) return sendJson(c, 503, { status: "draining" });
  const answered = await answersInTime(deps.database);
  return answered
    ? sendJson(c, 200, { status: "ready" })
    : sendJson(c, 503, { status: "database away" });
}

async function answersInTime(database: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, READY_WITHIN_MS, false);
  });
  const asked = answers(database).then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answered;
}
