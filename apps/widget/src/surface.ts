/** What a page gives as a token: nothing for a visitor who is signed out. */
export type Token = string | null | undefined;

/** What `AuraChatWidget.init` takes. Only `apiBaseUrl` is needed; "" is the page's own origin. */
export interface InitOptions {
  readonly apiBaseUrl: string;
  /** A bearer token, or a function that gives one; it is called again before the token expires, and once after a refusal. */
  readonly authToken?: Token | (() => Token | Promise<Token>);
  readonly tenantId?: string | null | undefined;
  readonly userId?: number | string | null | undefined;
  /** Search the owner's documents first. @default true */
  readonly useRag?: boolean | undefined;
  /** The same id again updates its widget, another one makes a second widget. @default "default" */
  readonly id?: string | undefined;
  /** A button that opens a panel, a part of the page, or the whole page. @default "bubble" */
  readonly mode?: "bubble" | "inline" | "page" | undefined;
  /** Where an inline chat goes: an element, or a selector of one. */
  readonly target?: Element | string | undefined;
  /** False shows no button: the page opens the chat itself. */
  readonly launcher?: false | LauncherOptions | undefined;
  /** The corner; `end` is right, and left in pages that read from right to left. @default "bottom-end" */
  readonly position?: Position | undefined;
  readonly theme?: Theme | undefined;
  /** @default "auto" */
  readonly colorScheme?: "light" | "dark" | "auto" | undefined;
  /** A language tag. @default the page's language, then the browser's */
  readonly locale?: string | undefined;
  /** Words of one's own in place of the widget's, by their names in `i18n/en.ts`. */
  readonly strings?: Readonly<Record<string, string>> | undefined;
  readonly header?: HeaderOptions | undefined;
  readonly greeting?: { readonly title?: string | undefined; readonly text?: string | undefined };
  /** Questions that the visitor can press. */
  readonly starters?: readonly string[] | undefined;
  readonly composer?: { readonly placeholder?: string | undefined } | undefined;
  /** Whether visitors see the list of their conversations. @default true */
  readonly history?: boolean | undefined;
  /** The line under the composer; false leaves it out. */
  readonly disclaimer?: string | false | undefined;
  /** What the visitor agrees to before the first message; asked once in each browser for each text. */
  readonly consent?: ConsentOptions | undefined;
  /** What the model is told of the page with each message, at most 2 KB. */
  readonly context?: ContextOptions | undefined;
  /** Whether events carry the words of messages. @default { content: false } */
  readonly events?: { readonly content?: boolean | undefined } | undefined;
}

export type Position = "bottom-end" | "bottom-start" | "top-end" | "top-start";

export interface LauncherOptions {
  /** Words on the button, beside its icon. */
  readonly label?: string | undefined;
  /** The outline of a shape in a box of 24 by 24, as in the `d` of an SVG path. */
  readonly icon?: string | undefined;
}

export interface HeaderOptions {
  readonly title?: string | undefined;
  readonly subtitle?: string | undefined;
  /** A `data:` image, or an address on the widget's own server; other hosts are not asked. */
  readonly avatar?: string | undefined;
}

export interface ConsentOptions {
  readonly text: string;
  /** An http or https address with the whole of it. */
  readonly url?: string | undefined;
}

export interface ContextOptions {
  /** Tells the page's address without its query, and its title. @default false */
  readonly page?: boolean | undefined;
  /** Whatever else the model should know; plain data. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Lengths are CSS lengths. What concerns the page is also a custom property of the `aura-chat` element, spelled the same:
 * `--aura-radius`, `--aura-offsetX`, `--aura-offsetY`, `--aura-zIndex`, `--aura-width`, `--aura-height`, `--aura-size`.
 */
export interface Theme {
  /** Six hexadecimal digits: `#0d6b62`. Inks and tints are derived from it so that text stays readable. */
  readonly accent?: string | undefined;
  /** Of the panel; inner corners follow. @default "20px" */
  readonly radius?: string | undefined;
  /** @default "comfortable" */
  readonly density?: "comfortable" | "compact" | undefined;
  /** A font that the visitor's system has; fonts are never loaded. */
  readonly font?: string | undefined;
  /** From the sides of the window. @default "20px" */
  readonly offsetX?: string | undefined;
  readonly offsetY?: string | undefined;
  /** @default 2147483000 */
  readonly zIndex?: number | undefined;
  /** Of the panel. @default "392px" and "672px" */
  readonly width?: string | undefined;
  readonly height?: string | undefined;
  /** Of the launcher. @default "60px" */
  readonly size?: string | undefined;
}

/** What happens in a widget, with what its listeners are told. No message text unless `events.content` is true. */
export interface AuraEvents {
  ready: Record<string, never>;
  open: Record<string, never>;
  close: Record<string, never>;
  "conversation:change": { readonly conversationId: number | null };
  "message:sent": { readonly text?: string };
  "message:received": {
    readonly conversationId: number | null;
    readonly messageId?: number;
    readonly text?: string;
  };
  "response:start": { readonly turnId: number; readonly conversationId: number | null };
  "response:end": {
    readonly turnId?: number;
    readonly outcome: "done" | "stopped" | "cut" | "failed";
  };
  "response:stop": { readonly turnId?: number };
  unread: { readonly count: number };
  feedback: {
    readonly messageId: number;
    readonly rating: "up" | "down" | null;
    readonly comment?: string;
  };
  "citation:click": {
    readonly number: number;
    /** The passage's; `id` is the widget's in every event. */
    readonly contextId: string;
    readonly title: string | null;
    readonly url: string | null;
  };
  error: { readonly code: string; readonly message: string };
}

export type AuraEventName = keyof AuraEvents;
/** Gets the event as it is on the page: its `detail` is what the event tells, and `detail.id` the widget's id. */
export type AuraListener<Name extends AuraEventName> = (
  event: CustomEvent<AuraEvents[Name] & { readonly id: string }>,
) => void;

/** One widget on the page. */
export interface AuraInstance {
  open(): void;
  close(): void;
  toggle(): void;
  /** Takes the whole widget out of sight, and `show` brings it back. */
  show(): void;
  hide(): void;
  /** Sends a message as if the visitor had typed it; opens nothing. */
  sendMessage(text: string): void;
  /** Puts words into the composer, for the visitor to send. */
  setInput(text: string): void;
  newConversation(): void;
  /** Tells who the visitor is: `authToken`, `userId` or both. Who signs in keeps the conversation. */
  identify(visitor: Pick<InitOptions, "authToken" | "userId">): void;
  /** The same as `identify`. */
  setUser(visitor: Pick<InitOptions, "authToken" | "userId">): void;
  /** Forgets the visitor in this browser: the next one finds nothing of theirs. */
  logout(): void;
  /** The same as `logout`. */
  shutdown(): void;
  reset(): void;
  setContext(context: ContextOptions | undefined): void;
  setLocale(locale: string | undefined): void;
  setColorScheme(scheme: InitOptions["colorScheme"]): void;
  /** Takes other options over; what is not named stays, and so do the messages. */
  update(options: Partial<InitOptions>): void;
  /** Listens, and returns what ends it. */
  on<Name extends AuraEventName>(name: Name, listener: AuraListener<Name>): () => void;
  off<Name extends AuraEventName>(name: Name, listener: AuraListener<Name>): void;
  once<Name extends AuraEventName>(name: Name, listener: AuraListener<Name>): () => void;
  /** Takes everything off the page again. */
  destroy(): void;
}
