import { setImmediate as nextLoop } from "node:timers/promises";
import type { Connection } from "../db/database.ts";
import { readTurnRecords } from "./export-store.ts";
import {
  type ConversationFilter,
  type ConversationHead,
  isMeant,
  readWindow,
  toWire,
} from "./list-store.ts";
import { findText } from "./search-store.ts";

/** Even, so that no turn is cut in two. */
const MESSAGES_AT_ONCE = 100;
const CONVERSATIONS_AT_ONCE = 200;

/**
 * A conversation with everything in it, as the text of one JSON object, piece by piece: a long one never stands in memory as a
 * whole. Between the pieces others have their turn, for SQLite answers at once.
 */
export async function* conversationAsJson(
  reader: Connection,
  tenantId: string,
  head: ConversationHead,
): AsyncGenerator<string, void> {
  yield `${JSON.stringify(toWire(head)).slice(0, -1)},"turns":[`;
  let separator = "";
  for (let from = 0; from < head.next_position; from += MESSAGES_AT_ONCE) {
    const positions = { from, to: from + MESSAGES_AT_ONCE };
    for (const turn of await readTurnRecords(reader, tenantId, head.id, positions)) {
      yield separator + JSON.stringify(turn);
      separator = ",";
    }
    await nextLoop();
  }
  yield "]}";
}

/** A tenant's conversations as JSON Lines. By id, so that one which is continued meanwhile is neither missed nor told twice. */
export async function* conversationsAsLines(
  reader: Connection,
  tenantId: string,
  filter: ConversationFilter,
  text: string | undefined,
): AsyncGenerator<string, void> {
  for (let after = 0; ; ) {
    const heads = await readWindow(reader, tenantId, after, CONVERSATIONS_AT_ONCE);
    const last = heads.at(-1);
    if (!last) return;
    after = last.id;
    const meant = heads.filter((head) => isMeant(head, filter));
    const holding =
      text === undefined ? undefined : await findText(reader, tenantId, meant, text, "shown");
    for (const head of meant) {
      if (holding && !holding.has(head.id)) continue;
      yield* conversationAsJson(reader, tenantId, head);
      yield "\n";
    }
    await nextLoop();
  }
}
