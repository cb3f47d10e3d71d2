import type { AuraEventName, InitOptions } from "./surface.ts";

/** Version of what loader and frame say to each other; both must speak the same. */
export const PROTOCOL = 1;

export type ColorScheme = "light" | "dark";

/** Options that are the loader's business alone. */
type LoaderOnly = "authToken" | "target" | "launcher" | "position" | "colorScheme" | "id";

/** What the page tells the frame: its options as plain data. Its token is not among them: the frame asks when it needs one. */
export interface FrameOptions extends Omit<InitOptions, LoaderOnly> {
  /** 0 when the page gives no token; another number than before when it gives another one, or another function. */
  readonly token: number;
  /** Already resolved by the loader: a frame does not reliably see the page's preference. */
  readonly colorScheme: ColorScheme;
}

/** First words of the frame to its parent window, with the nonce from its own address. They carry no secret. */
export interface Hello {
  readonly aura: "hello";
  readonly protocol: number;
  readonly nonce: string;
}

/** The loader's answer, sent to the frame's exact origin together with one end of a MessageChannel. */
export interface Welcome {
  readonly aura: "welcome";
  readonly protocol: number;
  readonly nonce: string;
  readonly options: FrameOptions;
}

/** What the frame asks the page for, at the moment it needs it: the token, and what the model may know of the page. */
export type Question = "token" | "context";

/** What the page has the frame do. */
export type Call = "sendMessage" | "setInput" | "newConversation" | "logout";

/** Over the channel, to the frame. */
export type LoaderMessage =
  | { readonly type: "options"; readonly options: FrameOptions }
  /** The panel was opened or closed; an inline chat is always open. */
  | { readonly type: "shown"; readonly shown: boolean }
  | { readonly type: "call"; readonly name: Call; readonly text?: string | undefined }
  /** Null when the page's function failed; a token is undefined for a visitor who is signed out. */
  | { readonly type: "reply"; readonly id: number; readonly value: unknown };

/** Over the channel, to the loader. */
export type FrameMessage =
  | { readonly type: "close" }
  | { readonly type: "ask"; readonly id: number; readonly what: Question }
  /** For the page's listeners; `ready` and `unread` also for the loader itself. */
  | { readonly type: "event"; readonly name: AuraEventName; readonly detail: object }
  /** How the launcher is painted: the tenant's accent as it was derived, and the ink on it. */
  | { readonly type: "paint"; readonly accent: string; readonly ink: string };

/** Path of the frame beside the loader's own folder: `/widget/v1/aura.js` leads to `/widget/frame`. */
export const FRAME_PATH = "../frame";
