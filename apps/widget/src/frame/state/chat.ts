import type { ConnectionOptions } from "@orcha/client";
import type { AuraEventName, AuraEvents } from "../../surface.ts";
import type { Activity, AnsweringDeps } from "./answering.ts";
import { createAsking } from "./asking.ts";
import { write } from "./compose.ts";
import { connect } from "./connection.ts";
import { type ConversationDeps, createConversation } from "./conversation.ts";
import type { IdentityDeps } from "./identity.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createRestorer, type Restorer } from "./restoring.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import { checkDraft } from "./text-limit.ts";
import type { Turn } from "./turn.ts";

/** What the chat needs from the outside: the client, what is remembered, the other tabs. */
export interface ChatDeps extends AnsweringDeps, ConversationDeps, IdentityDeps {
  createKey(): string;
  isOnline(): boolean;
  /** False until the visitor has agreed to what the page asks for. */
  mayAsk(): boolean;
}

/** The conversation on screen and what can be done with it. */
export interface Chat extends Omit<Restorer, "restoring"> {
  readonly turns: ReadonlySignal<readonly Signal<Turn>[]>;
  /** Only what is idle takes a message. */
  readonly activity: ReadonlySignal<Activity>;
  readonly restoring: ReadonlySignal<Restorer["restoring"]["value"]>;
  /** Null when the whole transcript is shown. */
  readonly earlier: ReadonlySignal<string | null>;
  readonly queue: Pick<Queue, "messages" | "takeBack">;
  /** What stands in the composer. */
  readonly draft: Signal<string>;
  /** The last turn while its question is written anew. */
  readonly editing: ReadonlySignal<Signal<Turn> | undefined>;
  /** Puts the question of the last turn into the composer, and takes it out again. */
  edit(turn: Signal<Turn> | undefined): void;
  /** Takes what the visitor wrote and says whether it did; a second click while the first is under way is not taken. */
  send(text: string): boolean;
  /** Takes a message in any case: it is sent as soon as it can be. */
  enqueue(text: string): void;
  /** Ends the answer that is on its way; what there is of it stays. */
  stop(): void;
  retry(turn: Signal<Turn>): void;
  /** Has the last question answered once more. */
  regenerate(turn: Signal<Turn>): void;
  newConversation(): void;
  openConversation(id: number): Promise<void>;
  /** The number of the conversation on screen, once it has one. */
  conversationId(): string | undefined;
  /** Who is asking, and where, for calls that are not about turns. */
  connection(): ConnectionOptions;
  /** Tells the page's listeners; the visitor's words only where the page asked for them. */
  tell<Name extends AuraEventName>(
    name: Name,
    detail: AuraEvents[Name],
    words?: { readonly comment?: string | undefined },
  ): void;
  loadEarlier(): Promise<void>;
  /** The visitor or the network came back: makes up for what was missed. */
  wake(): void;
  /** Something was asked in a conversation, in another tab. */
  moved(conversation: string): void;
}

/** Makes the state of one chat. */
export function createChat(deps: ChatDeps): Chat {
  const { store } = deps;
  const conversation = createConversation(deps);
  const { turns } = conversation;
  const draft = signal("");
  const editing = signal<Signal<Turn> | undefined>(undefined);
  const asking = createAsking(deps, conversation, () => queue.deliver());
  const { activity, retry, look } = asking;
  const { restoring, ...restorer } = createRestorer(deps, conversation, {
    ...asking,
    hideUnsent() {
      queue.hide();
      edit(undefined);
    },
    restoreQueue: () => queue.restore().forEach(asking.show),
    deliver: () => queue.deliver(),
  });
  const queue = createQueue({
    store,
    activity,
    isOnline: deps.isOnline,
    isFree: () =>
      deps.mayAsk() &&
      restoring.value === "no" &&
      !restorer.mustSignIn.value &&
      turns.value.at(-1)?.value.failure?.code !== "network",
    send: asking.ask,
  });
  const edit = (turn: Signal<Turn> | undefined) => {
    editing.value = turn;
    draft.value = turn?.value.question ?? "";
  };
  const leave = () => {
    conversation.leave();
    if (editing.value) edit(undefined);
    store.setOutbox(undefined);
    activity.value = "idle";
    restoring.value = "no";
  };

  const canAsk = () => activity.value === "idle" && queue.messages.value.length === 0;
  return {
    turns,
    activity,
    restoring,
    ...restorer,
    queue,
    draft,
    editing,
    edit,
    earlier: conversation.earlier,
    send(text) {
      if (!checkDraft(text).canSend) return false;
      const edited = editing.value;
      if (edited && activity.value === "idle") {
        editing.value = undefined;
        asking.askAnew(edited, text, true);
        return true;
      }
      // While it is not known yet whose chat this is, a message waits for that.
      if (!deps.isOnline() || activity.value === "loading") queue.add(write(deps, text));
      else if (canAsk()) asking.ask(write(deps, text));
      else return false;
      return true;
    },
    enqueue(text) {
      if (!checkDraft(text).canSend) return;
      queue.add(write(deps, text));
      queue.deliver();
    },
    stop: asking.stop,
    retry,
    regenerate(turn) {
      if (activity.value === "idle") asking.askAnew(turn, turn.value.question, true);
    },
    newConversation() {
      leave();
      store.setConversation(undefined);
      queue.deliver();
    },
    openConversation(id) {
      leave();
      store.setConversation(id);
      return restorer.restore();
    },
    conversationId: store.conversation,
    tell: (name, detail, words) => {
      const isOpen = deps.options().events?.content === true;
      deps.emit(name, isOpen ? { ...detail, ...words } : detail);
    },
    connection() {
      // Not about the conversation on screen: leaving it ends nothing of this.
      const { signal: _, ...connection } = connect(deps, conversation.left);
      return connection;
    },
    loadEarlier: conversation.loadEarlier,
    wake() {
      const last = turns.value.at(-1);
      if (typeof restoring.value === "object" || restorer.mustSignIn.value) void restorer.restore();
      else if (last?.value.failure?.code === "network") retry(last);
      else {
        queue.deliver();
        void look();
      }
    },
    moved(id) {
      if (id === store.conversation()) void look();
    },
  };
}
