import { eraseIdleConversations } from "../conversations/erase-store.ts";
import { keepReceipt } from "./receipt-store.ts";

export const PRIVACY_WRITES = [eraseIdleConversations, keepReceipt];
