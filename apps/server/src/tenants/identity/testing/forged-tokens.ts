import { forgedClaims } from "./forged-claims.ts";
import { forgedKeys } from "./forged-keys.ts";
import { forgedSignatures } from "./forged-signatures.ts";
import { forgedTexts } from "./forged-texts.ts";
import type { NamedToken } from "./honest-tokens.ts";
import type { TokenWorld } from "./token-world.ts";

/** Every known way to a token that was not honestly made, by families: none may be accepted. */
export async function forgedTokens(world: TokenWorld): Promise<NamedToken[]> {
  return [
    ...forgedKeys(world),
    ...forgedSignatures(world),
    ...forgedClaims(world),
    ...(await forgedTexts(world)),
  ];
}
