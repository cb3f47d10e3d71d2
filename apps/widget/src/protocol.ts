import type { AuraEventName, InitOptions } from "./surface.ts";

/**
 * Version of what loader and frame say to each other. The frame reads the loader's as the last digit of the nonce that
 * stands behind the `#` of its own address. Its first words to the parent window are that nonce; the loader answers with
 * the nonce, too, and with one end of a MessageChannel, to the frame's exact origin. Neither carries a secret.
 */
export const PROTOCOL = 1;

export type ColorScheme = "light" | "dark";

/** Options that are the loader's business alone. */
type LoaderOnly = "authToken" | "target";

/**
 * What the page tells the frame: its options as plain data, as the page wrote them. Its token is not among them: the
 * frame asks when it needs one.
 */
export interface FrameOptions extends Omit<InitOptions, LoaderOnly | "starters" | "useRag"> {
  /** 0 when the page gives no token; another number than before when it gives another one, or another function. */
  readonly token: number;
  /** "A|B" from a script tag's attribute; JSON where an old library taught arrays to become text. */
  readonly starters?: readonly string[] | string | undefined;
  readonly useRag?: boolean | undefined;
}

/** What the frame asks the page for, at the moment it needs it: the token, and which page this is (`Page`). */
export type Question = "token" | "page";

/** The page as it is right now, for an answer to "page". */
export interface Page {
  readonly url: string;
  readonly title: string;
}

/** What the page has the frame do. */
export type Call = "sendMessage" | "setInput" | "newConversation" | "logout";

/** Over the channel, to the frame. */
export type LoaderMessage =
  /** The first message, and again after each change. An inline chat is always open, whatever `open` says. */
  | {
      readonly type: "state";
      /** `FrameOptions` as JSON: so whatever a page passes is plain data. */
      readonly options: string;
      readonly open: boolean;
    }
  | { readonly type: "call"; readonly name: Call; readonly text: string }
  /** Null when the page's function failed; a token is undefined for a visitor who is signed out. */
  | { readonly type: "reply"; readonly id: number; readonly detail: unknown };

/** Over the channel, to the loader. */
export type FrameMessage =
  | { readonly type: "close" }
  | { readonly type: "ask"; readonly id: number; readonly name: Question }
  /** For the page's listeners. */
  | { readonly type: "event"; readonly name: AuraEventName; readonly detail: object }
  /**
   * How the loader's elements look from now on: rules after its own for the panel (`div`), the launcher (`button`) and
   * `:host`; and the launcher's accessible name, with the number of unread messages in it.
   */
  | { readonly type: "look"; readonly css: string; readonly name: string };

/** Path of the frame beside the loader's own folder: `/widget/v1/aura.js` leads to `/widget/frame`. */
export const FRAME_PATH = "../frame";
