export { AuraChat, type AuraChatExposed } from "./aura-chat.ts";
