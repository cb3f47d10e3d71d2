import { countAttempt } from "./attempts-store.ts";
import { CHANGE_WRITES } from "./change-store.ts";
import { LINK_WRITES } from "./links-store.ts";
import { SESSION_WRITES } from "./sessions-store.ts";
import { TIDY_WRITES } from "./tidy-store.ts";

export const OPERATOR_WRITES = [
  countAttempt,
  ...SESSION_WRITES,
  ...LINK_WRITES,
  ...CHANGE_WRITES,
  ...TIDY_WRITES,
];
