import type { Installation } from "../installation.ts";
import { branch, leaf } from "./leaf.ts";

const email = { type: "string", required: true, description: "The operator's address" } as const;

/** `orcha operator …`. */
export function operatorCommands(installation: Installation) {
  const load = () => import("./operator.ts");
  return branch(
    { name: "operator", description: "Manage the people who run the installation or its tenants" },
    {
      list: leaf("list", "List the operators with their roles", {}, async () =>
        (await load()).runOperatorList(installation),
      ),
      invite: leaf(
        "invite",
        "Add somebody and print the link that lets them in",
        {
          email,
          role: {
            type: "string",
            required: true,
            valueHint: "owner|admin|editor|viewer",
            description: "What they may do",
          },
          tenant: { type: "string", description: "Where; without it in the whole installation" },
          name: { type: "string", description: "A name for people" },
        },
        async (args) => (await load()).runOperatorInvite(installation, args),
      ),
      reset: leaf("reset", "Print a link for a new password", { email }, async (args) =>
        (await load()).runOperatorReset(installation, args),
      ),
      disable: leaf(
        "disable",
        "End an operator's sessions and let them in no more",
        { email },
        async (args) => (await load()).runOperatorDisable(installation, args),
      ),
    },
  );
}

/** `orcha user …`. */
export function userCommands(installation: Installation) {
  return branch(
    { name: "user", description: "Manage users" },
    {
      add: leaf(
        "add",
        "Add a user, such as the one DEFAULT_WIDGET_USER_ID names",
        {
          id: { type: "string", required: true, description: "The user's number" },
          tenant: {
            type: "string",
            description: "The tenant; without it DEFAULT_WIDGET_TENANT_ID",
          },
          name: { type: "string", default: "", description: "A name for people" },
        },
        async (args) => (await import("./user-add.ts")).runUserAdd(installation, args),
      ),
    },
  );
}
