import type { Question, Questions } from "./questions.ts";
import {
  type Caller,
  NO_TENANT,
  owns,
  type Place,
  type PlantedConversation,
  placeOf,
  TOPIC,
  type World,
  worthAsking,
} from "./world.ts";

const once: Questions = { ask: () => [{}], shows: false };

/** What is asked of the routes for visitors, and of those for everyone. */
export const VISITOR_QUESTIONS: Readonly<Record<string, Questions>> = {
  "POST /chat-v2": { ask: askToChat, shows: true },
  "POST /visitor": once,
  "POST /visitor/reset": once,
  // What every page that may embed the widget may know.
  "GET /widget/config": once,
  "GET /conversations": {
    ask: (world) => [
      {},
      { query: { q: "secret" } },
      ...world.users.map(({ id }) => ({ query: { user_id: id } })),
    ],
    shows: true,
  },
  "PATCH /conversations/:id": {
    ask: (world, caller, place) =>
      askForeign(world, caller, place, ({ id }) => id, { title: signature(caller) }),
    shows: false,
  },
  "DELETE /conversations/:id": {
    ask: (world, caller, place) => askForeign(world, caller, place, ({ id }) => id, undefined),
    shows: false,
  },
  "POST /messages/:id/feedback": {
    ask: (world, caller, place) =>
      askForeign(world, caller, place, ({ messageId }) => messageId, {
        rating: "down",
        comment: signature(caller),
      }),
    shows: false,
  },
  "GET /conversations/:id/messages": {
    ask: (world, caller, place) =>
      worthAsking(world.conversations, caller, place).flatMap(({ id, userId }) =>
        asUsers({ id }, userId),
      ),
    shows: true,
  },
  "GET /turns/:id/events": {
    ask: (world, caller, place) =>
      worthAsking(world.conversations, caller, place).flatMap(({ turnId, userId }) =>
        asUsers({ id: turnId }, userId),
      ),
    shows: true,
  },
  "POST /turns/:id/stop": {
    ask: (world, caller, place) =>
      worthAsking(world.conversations, caller, place).map(({ turnId }) => ({
        path: { id: turnId },
        body: {},
      })),
    shows: false,
  },
  "GET /me": {
    ask: (world) => [{}, ...world.users.map(({ id }) => ({ query: { user_id: id } }))],
    shows: true,
  },
  "DELETE /me": { ask: askToErase, shows: false },

  "GET /admin/session": withoutTenant(() => ({})),
  "POST /admin/session": withoutTenant(() => ({
    body: { email: "nobody@isolation.invalid", password: "a wrong password" },
  })),
  // It would end the operator's own.
  "DELETE /admin/session": withoutTenant(({ kind }) => (kind === "operator" ? undefined : {})),
  "POST /admin/session/password": withoutTenant(() => ({
    body: { current: "a wrong password", new: "another password" },
  })),
  "POST /admin/links/check": withoutTenant(() => ({ body: { token: "guessed" } })),
  "POST /admin/links/accept": withoutTenant(() => ({
    body: { token: "guessed", password: "another password" },
  })),
};

/** What is about no tenant, and asked once by everybody. */
function withoutTenant(ask: (caller: Caller) => Question | undefined): Questions {
  return {
    ask: (_, caller, place) => {
      const question = place.tenantId === undefined ? ask(caller) : undefined;
      return question ? [question] : [];
    },
    shows: false,
  };
}

/** What would change something, asked of all that is not the caller's; also as the user for whom a server spoke. */
function askForeign(
  world: World,
  caller: Caller,
  place: Place,
  idOf: (conversation: PlantedConversation) => number,
  body: Question["body"],
): readonly Question[] {
  return worthAsking(world.conversations, caller, place)
    .filter((one) => !owns(caller, one, place))
    .flatMap((one) => asUsers({ id: idOf(one) }, one.userId))
    .map((question) => (body === undefined ? question : { ...question, body }));
}

/** A message of its own, and one in every conversation that is not the caller's. */
function askToChat(world: World, caller: Caller, place: Place): readonly Question[] {
  const text = `What was said about the ${TOPIC}? ${signature(caller)}`;
  const foreign = worthAsking(world.conversations, caller, place).filter(
    // Without a credential, by its id alone, an unowned one may be gone on with where it was begun.
    (one) =>
      !owns(caller, one, place) &&
      !(one.owners.length === 0 && one.place === placeOf(caller, place)),
  );
  const own = placeOf(caller, place) === NO_TENANT ? [] : [{ body: { text, use_rag: true } }];
  return [
    ...own,
    ...foreign.flatMap(({ id, messageId, userId, repeat }) => [
      { body: { text, conversation_id: id, use_rag: true } },
      ...(userId === undefined ? [] : [{ body: { text, conversation_id: id, user_id: userId } }]),
      { body: { text, conversation_id: id, replace_message_id: messageId } },
      {
        headers: { "idempotency-key": repeat.key },
        body: { text: repeat.text, conversation_id: id, ...(userId && { user_id: userId }) },
      },
    ]),
  ];
}

/** What callers write, so that it is found where they should not have written. */
export function signature(caller: Pick<Caller, "name">): string {
  return `Asked by ${caller.name}.`;
}

/** By itself, and as the user for whom a server spoke. */
function asUsers(path: Question["path"] & object, userId: number | undefined): Question[] {
  return [{ path }, ...(userId === undefined ? [] : [{ path, query: { user_id: userId } }])];
}

/** Only where nothing is the caller's. */
function askToErase(world: World, caller: Caller, place: Place): readonly Question[] {
  const isSomebodyThere =
    caller.kind === "subject" || caller.kind === "server"
      ? placeOf(caller, place) === caller.home
      : world.conversations.some((one) => owns(caller, one, place));
  return isSomebodyThere ? [] : [{}, { query: { user_id: world.sharedUser } }];
}
