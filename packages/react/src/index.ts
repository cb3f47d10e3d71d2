export { AuraChat, type AuraChatProps } from "./aura-chat.ts";
export { type AuraHandlers, useAura } from "./use-aura.ts";
