import * as z from "zod";

/** One setting: how its text is read, what holds without it, and one sentence for people. */
export interface Setting<T> {
  readonly schema: z.ZodType<T, string>;
  /** As it would be written; undefined when there is none. */
  readonly default: string | undefined;
  readonly description: string;
  /** True for what must never be printed; it can be read from a file by NAME_FILE. */
  readonly secret: boolean;
}

function setting<T, Default extends string | undefined>(
  schema: z.ZodType<T, string>,
  defaultText: Default,
  description: string,
): Setting<T> & { readonly default: Default } {
  return { schema, default: defaultText, description, secret: false };
}

function secret(description: string): Setting<string> & { readonly default: undefined } {
  return { schema: z.string().min(1), default: undefined, description, secret: true };
}

const text = z.string().min(1);
const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((value) => value.replace(/\/+$/, ""));
const currency = z.string().regex(/^[A-Z]{3}$/, "must be a currency's code such as EUR");
const list = z.string().transform((value) =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean),
);

function integer(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
}

const seconds = (max: number) => integer(1, max);
/** Every setting there is. `.env.example` and the reference page are generated from this table. */
export const SETTINGS = {
  HOST: setting(
    text,
    "127.0.0.1",
    "The address to listen on; 0.0.0.0 takes requests from other machines.",
  ),
  PORT: setting(integer(0, 65_535), "8000", "The port to listen on; 0 takes a free one."),
  DATABASE_URL: setting(
    z.string().regex(/^postgres(ql)?:\/\//, "must begin with postgres://"),
    undefined,
    "A PostgreSQL database, 15 or newer; without it SQLite in ORCHA_DATA_DIR is used.",
  ),
  DEFAULT_WIDGET_USER_ID: setting(
    integer(1, Number.MAX_SAFE_INTEGER),
    "1",
    "The row of users that anonymous visitors write as.",
  ),
  DEFAULT_WIDGET_TENANT_ID: setting(
    z.string().min(1).max(100),
    "external_widget",
    "The tenant of requests that name none.",
  ),
  ORCHA_DATA_DIR: setting(text, "data", "The folder of the embedded database."),
  ORCHA_PUBLIC_URL: setting(
    url,
    undefined,
    "The address people see, such as https://chat.example.com; it decides about secure cookies.",
  ),
  ORCHA_FRAME_API_ORIGINS: setting(
    list,
    "",
    "Other origins whose API the widget's frame may talk to, separated by commas.",
  ),
  ORCHA_KNOWLEDGE_DIR: setting(
    text,
    undefined,
    "A folder of Markdown, text and HTML files to answer from.",
  ),
  ORCHA_KNOWLEDGE_RESCAN_SECONDS: setting(
    integer(0, 86_400),
    "60",
    "How often the folder is looked through for changes while the server runs; 0 only at the start.",
  ),
  ORCHA_KNOWLEDGE_URL: setting(
    url,
    undefined,
    "Where that folder is published, so that sources can link to it.",
  ),
  ORCHA_MODELS: setting(
    list,
    "",
    "Models in the order they are tried, such as anthropic/claude-sonnet-4-5, openai/gpt-5-mini; without any, the built-in extractive answerer quotes the documents.",
  ),
  ORCHA_MODEL_BASE_URL: setting(
    url,
    undefined,
    "The address of an OpenAI-compatible server for openai-compatible/… models, up to and with /v1.",
  ),
  ORCHA_MODEL_API_KEY: secret("The key of that server, when it wants one."),
  OPENAI_BASE_URL: setting(
    url,
    undefined,
    "Another address for openai/… models, such as a proxy, up to and with /v1.",
  ),
  OPENAI_API_KEY: secret("The key for openai/… models."),
  ANTHROPIC_API_KEY: secret("The key for anthropic/… models."),
  GOOGLE_GENERATIVE_AI_API_KEY: secret("The key for google/… models."),
  ORCHA_MODEL_CONNECT_SECONDS: setting(
    seconds(60),
    "5",
    "How long connecting to a model's server may take.",
  ),
  ORCHA_MODEL_FIRST_TOKEN_SECONDS: setting(
    seconds(300),
    "15",
    "How long one model may take to its first token.",
  ),
  ORCHA_MODEL_IDLE_SECONDS: setting(
    seconds(300),
    "15",
    "How long a model may be silent in the middle of an answer.",
  ),
  ORCHA_FIRST_TOKEN_SECONDS: setting(
    seconds(300),
    "20",
    "How long a turn may take to its first token, over retries and fallbacks together.",
  ),
  ORCHA_JSON_ANSWER_SECONDS: setting(seconds(600), "45", "How long a JSON answer may take."),
  ORCHA_STREAM_ANSWER_SECONDS: setting(
    seconds(3600),
    "120",
    "How long a streamed answer may take.",
  ),
  ORCHA_DRAIN_SECONDS: setting(
    integer(0, 600),
    "25",
    "How long running answers may go on after SIGTERM.",
  ),
  ORCHA_MAX_TEXT_CHARS: setting(
    integer(1, 100_000),
    "8000",
    "The longest message a visitor may send, in characters.",
  ),
  ORCHA_MAX_ANSWER_TOKENS: setting(integer(1, 100_000), "1024", "The longest answer, in tokens."),
  ORCHA_MAX_HISTORY_TOKENS: setting(
    integer(0, 1_000_000),
    "4000",
    "How much of the conversation the model is shown, in estimated tokens.",
  ),
  ORCHA_MAX_OPEN_ANSWERS: setting(
    integer(1, 100_000),
    "2000",
    "How many answers one process gives at the same time.",
  ),
  ORCHA_MAX_OPEN_ANSWERS_PER_VISITOR: setting(
    integer(1, 100_000),
    "32",
    "How many of them one visitor may hold.",
  ),
  ORCHA_UNKNOWN_TENANTS: setting(
    z.enum(["label", "refuse"]),
    "label",
    "What a tenant_id that nobody registered is: a label of the default tenant, or refused.",
  ),
  ORCHA_RATE_LIMITS: setting(
    z.enum(["on", "off"]),
    "on",
    "Whether messages and requests are limited in number; off for tests and closed networks.",
  ),
  ORCHA_TRUSTED_PROXIES: setting(
    integer(0, 20),
    undefined,
    "How many proxies of yours stand before the server and append to X-Forwarded-For; 0 for none.",
  ),
  ORCHA_SECRET_KEYS: secret(
    "Keys that seal what tenants entrust, separated by commas: the first seals, all open; without it a file in ORCHA_DATA_DIR, with PostgreSQL none.",
  ),
  ORCHA_FETCH_HOSTS: setting(
    list,
    "",
    "Hosts in private networks that the server may fetch tokens' keys from, as host or host:port, separated by commas.",
  ),
  ORCHA_CURRENCY: setting(currency, "USD", "The currency of prices and money budgets."),
  ORCHA_LOG_LEVEL: setting(
    z.enum(["debug", "info", "warn", "error", "silent"]),
    "info",
    "How much is logged. Message text never is.",
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
