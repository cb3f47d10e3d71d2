import { eraseUser } from "./erase-store.ts";
import { createUser, removeUser, renameUser } from "./store.ts";

export const USER_WRITES = [createUser, renameUser, removeUser, eraseUser];
