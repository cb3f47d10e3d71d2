// The server's part in the states: what it would send, as the widget's frame reads it.

const CONVERSATION = 4311770212345678;
const CONTEXTS = [
  {
    id: "c1",
    title: "Returns › Returns policy",
    source: "returns.md",
    url: "https://help.northwind.example/returns",
    text: "Most things can come back. You can return anything within 30 days of delivery, unused and in its box. Gift cards are excepted.",
    score: 1,
    page: null,
    start: 0,
    end: 128,
  },
  {
    id: "c2",
    title: "Returns › Sending a parcel back",
    source: "returns.pdf",
    url: null,
    text: "Print the label, or show the code at any parcel shop. Refunds take 3 to 5 working days.",
    score: 0.8,
    page: 3,
    start: 0,
    end: 88,
  },
];
const TEXTS = {
  returns:
    "You can return anything within **30 days** of delivery, unused and in its box. [1]\n\n- Open **Orders** and choose *Return*. [1]\n- Print the label, or show the code at any parcel shop. [2]\n- Refunds take 3 to 5 working days. [2]",
  code: 'Paste this before `</body>`: [1]\n\n```html\n<script async\n  src="https://chat.northwind.example/widget/v1/aura.js"\n  data-api-base-url="https://chat.northwind.example"></script>\n```\n\n| option | default |\n| --- | --- |\n| `mode` | `bubble` |\n| `locale` | the page\'s |\n\n1. It opens in its own frame.\n2. Your page\'s styles stay yours.',
};
const MESSAGES = {
  model_unavailable: "The assistant cannot answer right now. Please try again.",
  model_timeout: "The assistant took too long to answer. Please try again.",
  budget_exhausted: "The assistant has reached its limit for now. Please come back later.",
};

/** An answer as it streams, to its end or only to the middle. */
export const answer = ({ kind = "returns", end = true, finish = "stop", suggestions } = {}) => ({
  async *events(turn) {
    const text = end && finish === "stop" ? TEXTS[kind] : TEXTS[kind].slice(0, 150);
    yield ["turn-start", { turn_id: turn, conversation_id: CONVERSATION, message_id: turn + 1 }];
    yield ["contexts", { contexts: CONTEXTS }];
    yield ["text-delta", { text }];
    if (!end) return yield* hold().events();
    if (suggestions) yield ["suggestions", { suggestions }];
    yield ["turn-end", await endOf(text, finish)];
  },
});

/** An answer that does not come, from a server that is alive. */
export const hold = () => ({
  async *events() {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      yield undefined;
    }
  },
});

/** An answer that fails in its middle. */
export const failure = (code) => ({
  async *events(turn) {
    const text = TEXTS.returns.slice(0, 80);
    yield ["turn-start", { turn_id: turn, conversation_id: CONVERSATION, message_id: turn + 1 }];
    yield ["text-delta", { text }];
    const data = { text, conversation_id: CONVERSATION };
    yield ["turn-error", { success: false, message: MESSAGES[code], data, code, retryable: true }];
  },
});

/** A message that is refused. */
export const refuse = (code) => ({ refuses: code });

/** Answers what a frame fetches. */
export function scriptedFetch({ turns = [], conversations = CONVERSATIONS }) {
  let turn = 3;
  return async (address, { signal } = {}) => {
    const { pathname } = new URL(address);
    if (pathname.endsWith("/chat-v2")) {
      turn += 2;
      return reply(turns.shift() ?? hold(), turn, signal);
    }
    if (pathname.endsWith("/conversations")) {
      return Response.json({ data: conversations, next_cursor: null });
    }
    if (pathname.endsWith("/feedback")) {
      return Response.json({ message_id: turn + 1, rating: "down", comment: null });
    }
    return Response.json({ visitor: "a.visitor" });
  };
}

function reply({ refuses, events }, turn, signal) {
  if (refuses) {
    const data = { text: "", conversation_id: null };
    return Response.json(
      { success: false, message: MESSAGES[refuses], data },
      { headers: { "X-Orcha-Error": refuses } },
    );
  }
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async start(stream) {
      signal?.addEventListener("abort", () => stream.error(signal.reason));
      for await (const told of events(turn)) {
        const text = told
          ? `event: ${told[0]}\ndata: ${JSON.stringify(told[1])}\n\n`
          : ": still here\n\n";
        stream.enqueue(encoder.encode(text));
      }
      stream.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

async function endOf(text, finish_reason) {
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return {
    success: true,
    message: "",
    data: { text, conversation_id: CONVERSATION, contexts: CONTEXTS },
    usage: { input_tokens: 1, output_tokens: 1 },
    model: "scripted/model",
    finish_reason,
    sha256: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}

const DAY_MS = 86_400_000;
const daysAgo = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
const CONVERSATIONS = [
  ["How do I return an order?", 0],
  ["Where is my parcel?", 1],
  ["My invoices of last year, for the tax office and in one file if that is possible", 12],
  ["هل يمكنني تغيير عنوان التسليم؟", 40],
].map(([title, days], index) => ({
  id: 100 + index,
  title,
  created_at: daysAgo(days),
  updated_at: daysAgo(days),
}));
