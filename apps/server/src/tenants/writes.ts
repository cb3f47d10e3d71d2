import { addUserOfSubject } from "./identity/subject-store.ts";
import { KEY_WRITES } from "./keys/key-changes-store.ts";
import { ERASE_WRITES } from "./registry/erase-store.ts";
import { REGISTRY_WRITES } from "./registry/registry-store.ts";
import { SECRET_WRITES } from "./secrets/secret-changes-store.ts";
import { TENANT_WRITES as SET_UP_WRITES } from "./store.ts";

/** Every write of the tenants' room. */
export const TENANT_WRITES = [
  ...SET_UP_WRITES,
  ...REGISTRY_WRITES,
  ...ERASE_WRITES,
  ...KEY_WRITES,
  ...SECRET_WRITES,
  addUserOfSubject,
];
