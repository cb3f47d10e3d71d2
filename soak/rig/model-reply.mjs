const MODEL = "scripted";

/** One answer of the model, in the caller's hands. */
export class ModelReply {
  #response;

  /** @param {import("node:http").ServerResponse} response */
  constructor(response) {
    this.#response = response;
  }

  /** True when the other side has left. */
  get isGone() {
    return this.#response.destroyed;
  }

  /**
   * Answers with a status and a body instead of a stream.
   *
   * @param {number} status
   * @param {unknown} body
   * @param {Record<string, string>} headers
   */
  refuse(status, body, headers = {}) {
    this.#response.writeHead(status, { "content-type": "application/json", ...headers });
    this.#response.end(JSON.stringify(body));
  }

  /** Sends the headers of a stream and nothing else. */
  begin() {
    this.#response.writeHead(200, { "content-type": "text/event-stream" });
    this.#response.flushHeaders();
  }

  /** @param {string} text */
  say(text) {
    return this.raw(
      frame({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] }),
    );
  }

  /**
   * Sends bytes as they are, and waits for a slow reader.
   *
   * @param {string} bytes
   */
  async raw(bytes) {
    if (!this.#response.headersSent) this.begin();
    if (this.isGone || this.#response.write(bytes)) return;
    await drained(this.#response);
  }

  /**
   * Ends the answer as it should.
   *
   * @param {{ input: number, output: number }} tokens what the call is said to have used
   */
  end({ input, output } = { input: 50, output: 32 }) {
    const finish = frame({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    const usage = frame({
      choices: [],
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    });
    this.#response.end(`${finish}${usage}data: [DONE]\n\n`);
  }

  /** Breaks the connection. */
  cut() {
    this.#response.destroy();
  }
}

/**
 * Resolves once more may be written, or nobody is there to read it.
 *
 * @param {import("node:http").ServerResponse} response
 */
function drained(response) {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve(undefined);
    };
    response.on("drain", done).on("close", done);
  });
}

/** @param {object} fields */
function frame(fields) {
  const chunk = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: MODEL,
    ...fields,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
