import type {
  ApiKeyTable,
  AuditLogTable,
  OperatorLinkTable,
  OperatorRoleTable,
  OperatorSessionTable,
  OperatorTable,
  SignInFailureTable,
  TenantSecretTable,
} from "./access-schema.ts";
import type {
  ChunkTable,
  CorpusLanguageTable,
  CorpusStatsTable,
  DocumentTable,
  PostingTable,
  TermTable,
} from "./knowledge-schema.ts";
import type {
  BudgetSpendTable,
  ErasureTable,
  MissTable,
  ModelPriceTable,
  UsageDailyTable,
} from "./usage-schema.ts";

/**
 * Tables as both engines hold them: snake_case, times in milliseconds since 1970, flags as 0 or 1, JSON as text.
 * Every table begins with its tenant, and so does every key, so that a query cannot forget it.
 */
export interface Schema {
  installation: InstallationTable;
  tenants: TenantTable;
  tenant_labels: TenantLabelTable;
  users: UserTable;
  conversations: ConversationTable;
  turns: TurnTable;
  messages: MessageTable;
  feedback: FeedbackTable;
  turn_pieces: TurnPieceTable;
  idempotency_keys: IdempotencyKeyTable;
  documents: DocumentTable;
  chunks: ChunkTable;
  terms: TermTable;
  postings: PostingTable;
  corpus_stats: CorpusStatsTable;
  corpus_languages: CorpusLanguageTable;
  api_keys: ApiKeyTable;
  tenant_secrets: TenantSecretTable;
  operators: OperatorTable;
  operator_roles: OperatorRoleTable;
  operator_sessions: OperatorSessionTable;
  operator_links: OperatorLinkTable;
  sign_in_failures: SignInFailureTable;
  audit_log: AuditLogTable;
  budget_spend: BudgetSpendTable;
  usage_daily: UsageDailyTable;
  model_prices: ModelPriceTable;
  misses: MissTable;
  erasures: ErasureTable;
}

/** Secrets and facts of the whole installation, made at the first start. */
export interface InstallationTable {
  name: string;
  value: string;
}

export interface TenantTable {
  tenant_id: string;
  created_at: number;
  /** JSON: see tenants/settings.ts. */
  settings: string;
}

/** Strings nobody registered that pages sent as tenant_id: they segment the default tenant. */
export interface TenantLabelTable {
  tenant_id: string;
  label: string;
  created_at: number;
}

export interface UserTable {
  tenant_id: string;
  id: number;
  name: string;
  created_at: number;
  /** Whom the tenant's tokens name; null for a user that an operator or the set-up made. */
  subject: string | null;
}

export interface ConversationTable {
  tenant_id: string;
  /** Random, 53 bits. */
  id: number;
  /** The unregistered tenant_id it was made under; empty for none. */
  label: string;
  user_id: number;
  /** 1 when a credential proved the user; 0 when the page only named it. */
  user_verified: number;
  /** `visitor:<sha256 of the secret>` or `user:<id>` once somebody owns it; null until then. */
  owner: string | null;
  /** The owner it will have when the secret that was handed out with it comes back; null when it was sealed at birth. */
  offered_owner: string | null;
  created_at: number;
  updated_at: number;
  /** The position that the next message takes, from 0. */
  next_position: number;
  /** The turn that holds the conversation's lease; null when none is running. */
  active_turn_id: number | null;
  /** What its visitor calls it; null for the beginning of what was said first. */
  title: string | null;
}

export type TurnState = "pending" | "done" | "stopped" | "failed";

export interface TurnTable {
  tenant_id: string;
  id: number;
  conversation_id: number;
  state: TurnState;
  created_at: number;
  ended_at: number | null;
  /** The process that runs it: `host:pid:random`. */
  holder: string;
  /** Counted up by the holder while it lives. */
  heartbeat: number;
  /** The turn that this one answers again; it leaves the history when this one is done. */
  replaces_turn_id: number | null;
  /** 1 once another turn took its place. */
  replaced: number;
  error_code: string | null;
  finish_reason: string | null;
  model: string | null;
  /** Over all its attempts. */
  input_tokens: number;
  output_tokens: number;
  /** What they cost, in millionths of the currency. */
  cost: number;
  /** What is set aside for it in the budgets while it runs. */
  reserved_tokens: number;
  reserved_cost: number;
  /** Whose daily budget it counts to beside the tenant's: budget_spend.subject; null for nobody's. */
  spender: string | null;
  /** The day of whose budgets it last was a part; null when no budget held it. */
  budget_day: string | null;
  /** As whom it was written, also when its conversation was handed over since; null on turns from before this column. */
  user_id: number | null;
  first_token_ms: number | null;
  total_ms: number | null;
  /** 1 once its visitor wants it to stop; its holder looks. */
  stop_requested: number;
}

export interface MessageTable {
  tenant_id: string;
  id: number;
  conversation_id: number;
  turn_id: number;
  position: number;
  role: "visitor" | "assistant";
  text: string;
  /** JSON array of contexts; null when retrieval did not run. */
  contexts: string | null;
  created_at: number;
}

/** What a visitor thinks of an answer. */
export interface FeedbackTable {
  tenant_id: string;
  message_id: number;
  rating: "up" | "down";
  comment: string | null;
  /** When it was given, or changed last. */
  given_at: number;
}

/** What a running turn has said so far, in order; gone when it ends. */
export interface TurnPieceTable {
  tenant_id: string;
  turn_id: number;
  /** From 0. */
  piece: number;
  text: string;
  /** JSON array of contexts, with the first piece; null when retrieval did not run. */
  contexts: string | null;
}

export interface IdempotencyKeyTable {
  tenant_id: string;
  /** The owner that the caller proved; empty for a caller without credential. */
  scope: string;
  key: string;
  /** Of the normalised fields, so that a key cannot stand for two messages. */
  body_hash: string;
  turn_id: number;
  created_at: number;
}
