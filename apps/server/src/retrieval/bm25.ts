const K1 = 1.2;
const B = 0.75;

/** What one term adds to the score of a passage, before its rarity counts; times 1,000, as postings hold it. */
export function impactOf(frequency: number, length: number, averageLength: number): number {
  const norm = K1 * (1 - B + B * (length / averageLength));
  return Math.round((1000 * frequency * (K1 + 1)) / (frequency + norm));
}

/** How much a term tells that stands in so many of the passages. */
export function rarityOf(documentFrequency: number, passages: number): number {
  return Math.log(1 + (passages - documentFrequency + 0.5) / (documentFrequency + 0.5));
}
