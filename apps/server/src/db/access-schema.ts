// Tables of those who may do something, as schema.ts describes all tables. A tenant_id of "*" is the whole installation.

export interface ApiKeyTable {
  tenant_id: string;
  id: number;
  name: string;
  /** How people tell keys apart: the beginning of the key. */
  prefix: string;
  /** SHA-256 of the whole key, base64url. */
  hash: string;
  /** JSON array of scopes. */
  scopes: string;
  created_at: number;
  /** Whom the audit log names. */
  created_by: string;
  last_used_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
}

/** What must be kept readable for the server itself, sealed with the installation's secret key. */
export interface TenantSecretTable {
  tenant_id: string;
  id: number;
  /** `jwt`: a shared secret for tokens. `model`: the key of a model's provider. */
  kind: "jwt" | "model";
  /** The token's key id, or the provider. */
  name: string;
  /** As tenants/sealed-text.ts writes it. */
  sealed: string;
  created_at: number;
}

/** A person who runs the installation or some of its tenants. */
export interface OperatorTable {
  id: number;
  /** Lower case. */
  email: string;
  name: string;
  /** Null until the invitation was taken. */
  password_hash: string | null;
  created_at: number;
  disabled_at: number | null;
}

export type Role = "owner" | "admin" | "editor" | "viewer";

export interface OperatorRoleTable {
  operator_id: number;
  /** "*" for every tenant and the installation itself. */
  tenant_id: string;
  role: Role;
}

export interface OperatorSessionTable {
  /** SHA-256 of the cookie's value, base64url. */
  token_hash: string;
  operator_id: number;
  created_at: number;
  expires_at: number;
  seen_at: number;
}

/** A link that works once: for the first operator, an invited one, or a forgotten password. */
export interface OperatorLinkTable {
  /** SHA-256 of its token, base64url. */
  token_hash: string;
  purpose: "first-run" | "invitation" | "reset";
  /** Null for the first operator, who does not exist yet. */
  operator_id: number | null;
  created_at: number;
  expires_at: number;
}

/** How often signing in failed lately: for an account from one network, from anywhere, and for a network. */
export interface SignInFailureTable {
  /** A keyed hash: it tells neither the account, which may not exist, nor the network. */
  subject: string;
  window_start: number;
  failures: number;
  locked_until: number | null;
}

export interface AuditLogTable {
  tenant_id: string;
  /** Ordered by time. */
  id: number;
  created_at: number;
  actor_kind: "operator" | "key" | "command" | "system";
  actor_id: string;
  actor_name: string;
  /** As noun.verb: `tenant.create`. */
  action: string;
  /** What it was done to. */
  target: string;
  /** JSON object: what changed, without secrets. */
  detail: string;
  /** Of the network, not of the person: truncated. */
  address: string;
}
