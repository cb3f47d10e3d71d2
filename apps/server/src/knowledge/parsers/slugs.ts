/** Makes heading anchors as GitHub does; one instance for one document, so that the second "Usage" is `usage-1`. */
export function createSlugs(): (heading: string) => string {
  const taken = new Map<string, number>();
  return (heading) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replace(/ /g, "-");
    let candidate = slug;
    let repeats = taken.get(slug) ?? 0;
    while (taken.has(candidate)) candidate = `${slug}-${++repeats}`;
    taken.set(slug, repeats);
    taken.set(candidate, 0);
    return candidate;
  };
}
