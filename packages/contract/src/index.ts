export * from "./chat.ts";
export * from "./conversations.ts";
export * from "./errors.ts";
export * from "./headers.ts";
export * from "./tenants.ts";
export * from "./turn-events.ts";
