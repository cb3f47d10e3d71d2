import { keepFeedback } from "./feedback-store.ts";
import { OWNER_WRITES } from "./owner-store.ts";
import { renameConversation } from "./rename-store.ts";

export const CONVERSATION_WRITES = [...OWNER_WRITES, renameConversation, keepFeedback];
