import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import { ModelFault, modelError } from "./model-fault.ts";

export interface CallLimits {
  readonly firstTokenMs: number;
  readonly idleMs: number;
}

/** One call of one model under time limits. Only the waiting for the model counts, not what its caller does meanwhile. */
export class TimedCall {
  readonly #limits: CallLimits;
  readonly #signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #parts: AsyncIterator<ModelPart>;
  readonly #onAbort = () => this.#controller.abort(this.#signal.reason);
  #timer: NodeJS.Timeout;
  #isIdleTimer = false;
  #isWaiting = true;
  #isFinished = false;

  constructor(
    model: ChatModel,
    request: ChatModelRequest,
    signal: AbortSignal,
    limits: CallLimits,
  ) {
    signal.throwIfAborted();
    this.#limits = limits;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#timer = this.#startTimer(limits.firstTokenMs, "first token");
    this.#parts = model.stream(request, this.#controller.signal)[Symbol.asyncIterator]();
  }

  /**
   * The next part; after the finish there is none.
   *
   * @throws OrchaError when the model failed, was silent for too long or ended without a finish
   */
  async next(): Promise<ModelPart> {
    if (this.#isIdleTimer) this.#timer.refresh();
    this.#isWaiting = true;
    const result = await this.#parts.next();
    this.#isWaiting = false;
    if (result.done) throw modelError(new ModelFault("transient", "Ended without a finish"));

    this.#isFinished = result.value.type === "finish";
    if (!this.#isIdleTimer) {
      clearTimeout(this.#timer);
      this.#timer = this.#startTimer(this.#limits.idleMs, "next token");
      this.#isIdleTimer = true;
    }
    return result.value;
  }

  /** Ends the call; one that is not finished loses its socket. */
  close(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (!this.#isFinished) this.#controller.abort();
    // A call that failed has told so already.
    this.#parts.return?.().catch(() => {});
  }

  #startTimer(milliseconds: number, awaited: string): NodeJS.Timeout {
    return setTimeout(() => {
      if (!this.#isWaiting) return;
      this.#controller.abort(
        modelError(new ModelFault("timeout", `No ${awaited} within ${milliseconds} ms`)),
      );
    }, milliseconds);
  }
}
