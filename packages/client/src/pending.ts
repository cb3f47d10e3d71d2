import type { ConnectionOptions } from "./options.ts";
export interface ConversationSummary { readonly id: number; readonly title: string; readonly created_at: string; readonly updated_at: string }
export async function listConversations(o: ConnectionOptions & { query?: string | undefined; cursor?: string | null | undefined }): Promise<{ data: ConversationSummary[]; next_cursor: string | null }> { throw new Error(String(o)); }
export async function renameConversation(o: ConnectionOptions & { conversationId: number; title: string | null }): Promise<ConversationSummary> { throw new Error(String(o)); }
export async function deleteConversation(o: ConnectionOptions & { conversationId: number }): Promise<unknown> { throw new Error(String(o)); }
export async function sendFeedback(o: ConnectionOptions & { messageId: number; rating: "up" | "down" | null; comment?: string | null | undefined }): Promise<unknown> { throw new Error(String(o)); }
export async function exportMyData(o: ConnectionOptions): Promise<string> { throw new Error(String(o)); }
export async function eraseMyData(o: ConnectionOptions): Promise<{ receipt: string }> { throw new Error(String(o)); }
