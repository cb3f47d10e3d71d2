/** Where a question may be asked: a tenant, a label of the default tenant, or no tenant at all. */
export interface Place {
  /** For people: `tenant A`. */
  readonly name: string;
  /** What requests name; undefined for none. */
  readonly tenantId: string | undefined;
}

/** Somebody who asks, with the credential that they have. */
export interface Caller {
  readonly name: string;
  readonly kind: "nobody" | "visitor" | "subject" | "server" | "operator";
  readonly headers: Readonly<Record<string, string>>;
  /** The name of the tenant that a server or an operator works for. */
  readonly staffOf: string | undefined;
  /** What a request without tenant_id is about. */
  readonly home: string;
}

/** A conversation that somebody had. */
export interface PlantedConversation {
  readonly id: number;
  readonly turnId: number;
  readonly messageId: number;
  readonly place: string;
  /** Names of the callers whose it is; nobody's when it was begun without credential and its secret never came back. */
  readonly owners: readonly string[];
  /** As whom a server had it. */
  readonly userId: number | undefined;
  /** Headers that prove the ownership. */
  readonly proof: Readonly<Record<string, string>>;
  readonly canary: string;
  /** Its last message once more, as its sender would repeat it. */
  readonly repeat: { readonly key: string; readonly text: string };
}

/** A row of a tenant's that somebody else may try to name by its id. */
export interface Named<Id extends string | number> {
  readonly id: Id;
  readonly place: string;
}

/** Everything that was planted, and everybody who asks for it. */
export interface World {
  readonly origin: string;
  readonly places: readonly Place[];
  readonly callers: readonly Caller[];
  readonly conversations: readonly PlantedConversation[];
  readonly tenants: readonly Named<string>[];
  readonly users: readonly Named<number>[];
  readonly keys: readonly Named<number>[];
  readonly operators: readonly Named<number>[];
  readonly subjects: readonly Named<string>[];
  /** The user id that stands in both tenants. */
  readonly sharedUser: number;
}

export const TENANTS = ["tenant A", "tenant B"] as const;
export const LABELS = ["label 1", "label 2"] as const;
export const NO_TENANT = "no tenant";
export const INSTALLATION: Place = { name: "the installation", tenantId: "*" };

/** What a word in documents is asked for by; it is no canary. */
export const TOPIC = "harbour";

/** The place that a request is about in the end. */
export function placeOf(caller: Caller, place: Place): string {
  return place.tenantId === undefined ? caller.home : place.name;
}

export function owns(
  caller: Caller,
  thing: { readonly owners: readonly string[]; readonly place: string },
  place: Place,
): boolean {
  return thing.owners.includes(caller.name) && placeOf(caller, place) === thing.place;
}

/**
 * The things that are worth asking for somewhere: where they are, where the caller is at home, for the installation; and a
 * caller's own things everywhere else. The rest would ask the same filters again.
 */
export function worthAsking<
  Thing extends { readonly place: string; readonly owners?: readonly string[] },
>(things: readonly Thing[], caller: Caller, place: Place): readonly Thing[] {
  const asked = placeOf(caller, place);
  const isEverywhere = asked === caller.home || asked === INSTALLATION.name;
  return things.filter(
    (thing) => isEverywhere || thing.place === asked || thing.owners?.includes(caller.name),
  );
}
