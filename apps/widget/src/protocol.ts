import type { AuraEventName, InitOptions } from "./surface.ts";

/** Version of what loader and frame say to each other; both must speak the same. */
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

/** First words of the frame to its parent window, with the nonce from its own address. They carry no secret. */
export interface Hello {
  readonly aura: "hello";
  readonly protocol: number;
  readonly nonce: string;
}

/**
 * The loader's answer, sent to the frame's exact origin together with one end of a MessageChannel, over which the
 * options come as the first message.
 */
export interface Welcome {
  readonly nonce: string;
}

/** What the frame asks the page for, at the moment it needs it: the token, and which page this is. */
export type Question = "token" | "page";

/** What the page has the frame do. */
export type Call = "sendMessage" | "setInput" | "newConversation" | "logout";

/** Over the channel, to the frame. */
export type LoaderMessage =
  /** `FrameOptions` as JSON: so whatever a page passes is plain data. */
  | { readonly type: "options"; readonly options: string }
  /** The panel was opened or closed; an inline chat is always open. */
  | { readonly type: "shown"; readonly shown: boolean }
  | { readonly type: "call"; readonly name: Call; readonly text: string }
  /** Null when the page's function failed; a token is undefined for a visitor who is signed out. */
  | { readonly type: "reply"; readonly id: number; readonly value: unknown };

/** Over the channel, to the loader. */
export type FrameMessage =
  | { readonly type: "close" }
  | { readonly type: "ask"; readonly id: number; readonly what: Question }
  /** For the page's listeners. */
  | { readonly type: "event"; readonly name: AuraEventName; readonly detail: object }
  /**
   * How the loader's elements look from now on: rules after its own for the panel (`div`), the launcher (`button`) and
   * `:host`; and the launcher's accessible name, the unread messages in it.
   */
  | { readonly type: "look"; readonly css: string; readonly name: string };

/** Path of the frame beside the loader's own folder: `/widget/v1/aura.js` leads to `/widget/frame`. */
export const FRAME_PATH = "../frame";
