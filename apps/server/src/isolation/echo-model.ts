import type { ChatModel } from "../turns/ports.ts";

/** Answers with everything that it was shown, so that what leaks into a prompt is seen in the answer. */
export const ECHO_MODEL: ChatModel = {
  name: "echo",
  alwaysRetrieves: false,
  async *stream(request) {
    const { system, messages, contexts } = request;
    yield { type: "text", text: JSON.stringify({ system, messages, contexts }) };
    yield { type: "finish", finishReason: "stop", usage: undefined, model: "isolation-test/echo" };
  },
};
