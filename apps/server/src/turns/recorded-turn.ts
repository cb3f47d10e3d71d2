import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import type { Tenant } from "../tenants/settings.ts";
import { Answer } from "./answer.ts";
import type { TurnSource, TurnView } from "./follow-turn.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { readPieces } from "./pieces-store.ts";
import { type EndedTurn, readTurn } from "./recorded-turn-store.ts";
import { suggestFollowUps } from "./suggest-follow-ups.ts";

const POLL_MS = 250;

/** A turn as the record has it: one that has ended, or one that another process is running. */
export class RecordedTurn implements TurnSource {
  readonly #database: Database;
  readonly #tenant: Tenant;
  readonly #turn: OpenedTurn;
  readonly #leaving: AbortSignal;
  #text = "";
  #contexts: readonly Context[] | undefined;
  #nextPiece = 0;

  /** @param leaving aborted when the process goes away, for another can tell the turn on */
  constructor(database: Database, tenant: Tenant, turn: OpenedTurn, leaving: AbortSignal) {
    this.#database = database;
    this.#leaving = leaving;
    this.#tenant = tenant;
    this.#turn = turn;
  }

  async read(): Promise<TurnView> {
    const { reader } = this.#database;
    const ended = await readTurn(reader, this.#tenant.id, this.#turn);
    if (ended !== "pending") return this.#viewOf(ended);

    const key = { tenantId: this.#tenant.id, turnId: this.#turn.turnId };
    for (const { piece, text, contexts } of await readPieces(reader, key, this.#nextPiece)) {
      this.#text += text;
      this.#contexts ??= parseContexts(contexts);
      this.#nextPiece = piece + 1;
    }
    return { contexts: this.#contexts, text: this.#text, end: undefined };
  }

  async next(_seen: TurnView, closed: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([closed, this.#leaving]);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  #viewOf(ended: EndedTurn): TurnView {
    const answer = new Answer(this.#turn.conversationId);
    answer.contexts = parseContexts(ended.contexts);
    answer.append(ended.text);
    const end = ended.errorCode ? answer.turnError(ended.errorCode) : answer.turnEnd(ended);
    const { contexts, text } = answer;
    const suggestions = this.#tenant.settings.suggestions
      ? suggestFollowUps({ question: ended.question, contexts, text, end })
      : undefined;
    return { contexts, text, end, suggestions };
  }
}

function parseContexts(stored: string | null): Context[] | undefined {
  return stored === null ? undefined : JSON.parse(stored);
}
