/**
 * The first of the languages we have that somebody reads, in the order of their wishes.
 *
 * @param wishes language tags, or what a browser sends as Accept-Language
 * @param available base tags such as `de`; the first one is for everybody else
 * @returns the wished tag itself (`de-AT`), which also decides about numbers and plurals
 */
export function preferredLanguage(wishes: string, available: readonly string[]): string {
  const wished = wishes
    .split(",")
    .slice(0, MAX_WISHES)
    .map((wish) => {
      const [tag = "", ...parameters] = wish.split(";").map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ tag, quality }) => isTag(tag) && quality > 0)
    .sort((one, other) => other.quality - one.quality);
  const found = wished.find(({ tag }) => available.includes(baseOf(tag)));
  return found?.tag ?? available[0] ?? "";
}

/** The language itself, without its country or script. */
export function baseOf(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

const MAX_WISHES = 20;

function isTag(tag: string): boolean {
  return /^[a-z]{2,3}(-[a-z0-9]{1,8}){0,4}$/i.test(tag);
}
