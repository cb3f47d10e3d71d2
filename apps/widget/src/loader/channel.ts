import { type FrameMessage, type LoaderMessage, PROTOCOL } from "../protocol.ts";

/** The line to one frame after the other. */
type Channel = readonly [
  nonce: string,
  /** Takes every message that the page gets. */
  hear: (event: MessageEvent<unknown>) => void,
  send: (message: LoaderMessage) => void,
  /** Makes ready for another frame. */
  restart: () => void,
];

/**
 * Answers the frame's hello with a port. Only the very window of the frame is heard, at its exact origin and with the
 * nonce that its address carried, so nothing else on the page can pose as the frame. What is said before it waits in
 * the port, in order, after the options of that time: a message stays its visitor's when another one signs in.
 */
export function openChannel(
  frame: () => HTMLIFrameElement | undefined,
  greet: () => void,
  join: (frame: HTMLIFrameElement) => void,
  receive: (message: FrameMessage) => void | Promise<void>,
): Channel {
  const nonce = crypto.getRandomValues(new Uint32Array(4)).join() + PROTOCOL;
  let near: MessagePort | undefined;
  let far: MessagePort | undefined;
  const restart = () => {
    const { port1, port2 } = new MessageChannel();
    near = port1;
    far = port2;
    port1.onmessage = ({ data }: MessageEvent<FrameMessage>) => void receive(data);
    greet();
  };
  return [
    nonce,
    ({ source, origin, data }) => {
      const element = frame();
      const target = element?.contentWindow;
      if (
        data === nonce &&
        target &&
        source === target &&
        // In a sandboxed page every origin is "null" and cannot be named.
        (origin === window.origin || element.src.startsWith(`${origin}/`))
      ) {
        if (!far) restart();
        target.postMessage(nonce, origin === "null" ? "*" : origin, far && [far]);
        far = undefined;
        join(element);
      }
    },
    (message) => near?.postMessage(message),
    restart,
  ];
}
