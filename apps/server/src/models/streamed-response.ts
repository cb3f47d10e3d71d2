import type { Dispatcher } from "undici";

// The reader takes all that has arrived at once; it falls this far behind only when a server is faster than we store.
const PAUSE_ABOVE_BYTES = 256 * 1024;

type DispatchController = Dispatcher.DispatchController;
type ResponseHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/**
 * One HTTP response read by hand, straight from undici's parser: a stream object per response would cost more CPU
 * than all the rest of a call. Each read takes everything that arrived since the last one.
 */
export class StreamedResponse implements Dispatcher.DispatchHandler {
  status = 0;
  #headers: ResponseHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #failure: unknown;
  #controller: DispatchController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  /** Sends the request and resolves with the response once its head is there; aborting destroys the socket at once. */
  static async open(
    dispatcher: Dispatcher,
    options: Dispatcher.DispatchOptions,
    signal: AbortSignal,
  ): Promise<StreamedResponse> {
    const response = new StreamedResponse();
    signal.throwIfAborted();
    const onAbort = () => response.close(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    response.#stopListening = () => signal.removeEventListener("abort", onAbort);

    dispatcher.dispatch(options, response);
    while (response.status === 0 && !response.#settled) await response.#changed();
    if (response.#failure !== undefined) throw response.#failure;
    return response;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** All bytes since the last read, waiting for the first; undefined at the end. Throws when the connection broke. */
  async read(): Promise<Buffer | undefined> {
    if (this.#bytes === 0 && !this.#settled) await this.#changed();
    if (this.#bytes > 0) return this.#take();
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  /** Gives the server this long to end its response; then the socket is destroyed. */
  endWithin(milliseconds: number): void {
    if (this.#settled || this.#deadline !== undefined) return;
    this.#deadline = setTimeout(() => this.close(new Error("Not ended in time")), milliseconds);
    this.#deadline.unref();
  }

  /** Destroys the socket, unless the response has ended: then it is free for the next request. */
  close(reason: unknown): void {
    if (this.#settled) return;
    this.#settle(reason ?? new Error("Closed"));
    this.#controller?.abort(this.#failure instanceof Error ? this.#failure : new Error("Closed"));
  }

  onRequestStart(controller: DispatchController): void {
    this.#controller = controller;
    // The caller left while the socket was still connecting.
    if (this.#failure !== undefined) controller.abort(new Error("Closed"));
  }

  onResponseStart(_: DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.#headers = headers;
    this.#notify();
  }

  onResponseData(controller: DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > PAUSE_ABOVE_BYTES) controller.pause();
    this.#notify();
  }

  onResponseEnd(): void {
    this.#settle(undefined);
  }

  onResponseError(_: DispatchController | null, error: Error): void {
    this.#settle(error);
  }

  #stopListening: () => void = () => {};

  get #settled(): boolean {
    return this.#ended || this.#failure !== undefined;
  }

  #take(): Buffer {
    const chunks = this.#chunks;
    const [only] = chunks;
    const bytes =
      chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, this.#bytes);
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#controller?.paused) this.#controller.resume();
    return bytes;
  }

  #settle(failure: unknown): void {
    if (this.#settled) return;
    if (failure === undefined) this.#ended = true;
    else this.#failure = failure;
    clearTimeout(this.#deadline);
    this.#stopListening();
    this.#notify();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
