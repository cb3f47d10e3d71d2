import type { LinkCheckResponse } from "@orcha/contract";
import { api, type Operator, Refusal } from "./api.ts";

/** What the page shows. */
export type View =
  | { readonly name: "loading" }
  | { readonly name: "unreachable"; readonly reason: string }
  | { readonly name: "link"; readonly token: string; readonly link: LinkCheckResponse }
  | { readonly name: "link-gone"; readonly reason: string }
  | { readonly name: "sign-in"; readonly email: string; readonly notice: string }
  | { readonly name: "signed-in"; readonly operator: Operator };

const GONE = 404;

/** The token of a one-time link. It stands behind the #, which browsers keep to themselves. */
function linkToken(hash: string): string | undefined {
  return /^#link=([\w-]+)$/.exec(hash)?.[1];
}

/** What to show to who opens the page. */
export async function firstView(hash: string): Promise<View> {
  const token = linkToken(hash);
  try {
    if (token !== undefined) return { name: "link", token, link: await api.checkLink(token) };
    const { operator } = await api.session();
    return operator ? { name: "signed-in", operator } : signIn();
  } catch (error) {
    const { status, message } = asRefusal(error);
    const isGone = token !== undefined && status === GONE;
    return { name: isGone ? "link-gone" : "unreachable", reason: message };
  }
}

export function signIn(email = "", notice = ""): View {
  return { name: "sign-in", email, notice };
}

/** Signs in; what follows a set password must not fail because of it. */
export async function signInAfterLink(email: string, password: string): Promise<View> {
  try {
    const { operator } = await api.signIn(email, password);
    if (operator) return { name: "signed-in", operator };
  } catch {
    // The password is set all the same: the form says what to do.
  }
  return signIn(email, "Your password is set. Please sign in.");
}

export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal
    ? error
    : new Refusal(0, "Something went wrong. Please reload the page.");
}
