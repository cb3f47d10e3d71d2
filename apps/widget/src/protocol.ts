/** Version of what loader and frame say to each other; both must speak the same. */
export const PROTOCOL = 1;

export type ColorScheme = "light" | "dark";

/** What the page tells the frame: its options as plain data. Its token is not among them: the frame asks when it needs one. */
export interface FrameOptions {
  readonly apiBaseUrl: string;
  /** 0 when the page gives no token; another number than before when it gives another one, or another function. */
  readonly token: number;
  /** Already resolved by the loader: a frame does not reliably see the page's preference. */
  readonly colorScheme: ColorScheme;
  readonly tenantId?: string | null | undefined;
  readonly userId?: number | string | null | undefined;
  readonly useRag?: boolean | undefined;
  readonly header?: { readonly title?: string; readonly subtitle?: string } | undefined;
  readonly greeting?: { readonly title?: string; readonly text?: string } | undefined;
  readonly starters?: readonly string[] | undefined;
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

/** Over the channel, to the frame. */
export type LoaderMessage =
  | { readonly type: "options"; readonly options: FrameOptions }
  | { readonly type: "shown" }
  /** Without a token for a visitor who is signed out; null when the page's function failed. */
  | { readonly type: "token"; readonly id: number; readonly token: string | null | undefined };

/** Over the channel, to the loader. */
export type FrameMessage =
  | { readonly type: "ready" }
  | { readonly type: "close" }
  | { readonly type: "token"; readonly id: number };

/** Path of the frame beside the loader's own folder: `/widget/v1/aura.js` leads to `/widget/frame`. */
export const FRAME_PATH = "../frame";
