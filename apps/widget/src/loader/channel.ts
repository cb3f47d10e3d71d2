import {
  type FrameMessage,
  type FrameOptions,
  type Hello,
  type LoaderMessage,
  PROTOCOL,
  type Welcome,
} from "../protocol.ts";

/** The private line to one frame. */
export interface Channel {
  readonly nonce: string;
  send(message: LoaderMessage): void;
}

/**
 * Waits for the frame's hello and answers it with a port. Only the very window of the frame is heard, at its exact
 * origin and with the nonce that its address carried, so nothing else on the page can pose as the frame.
 */
export function openChannel(deps: {
  readonly frameOrigin: string;
  frame(): HTMLIFrameElement | undefined;
  options(): FrameOptions;
  receive(message: FrameMessage): void;
  /** Ends it. */
  readonly signal: AbortSignal;
}): Channel {
  const nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  let port: MessagePort | undefined;

  const listen = ({ source, origin, data }: MessageEvent<Partial<Hello> | null | undefined>) => {
    const frameWindow = deps.frame()?.contentWindow;
    const target = targetOrigin(origin, deps.frameOrigin);
    if (!frameWindow || source !== frameWindow || !target) return;
    if (data?.aura !== "hello" || data.protocol !== PROTOCOL || data.nonce !== nonce) return;

    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<FrameMessage>) => deps.receive(data);
    const welcome: Welcome = {
      aura: "welcome",
      protocol: PROTOCOL,
      nonce,
      options: deps.options(),
    };
    frameWindow.postMessage(welcome, target, [channel.port2]);
  };
  window.addEventListener("message", listen, { signal: deps.signal });

  return { nonce, send: (message) => port?.postMessage(message) };
}

/** Where to answer; undefined refuses. In a sandboxed page every origin is "null" and cannot be named. */
function targetOrigin(origin: string, frameOrigin: string): string | undefined {
  if (origin === frameOrigin) return frameOrigin;
  return origin === "null" && self.origin === "null" ? "*" : undefined;
}
