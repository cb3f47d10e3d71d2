interface Navigator {
  /** Chromium alone tells. */
  readonly connection?: { readonly saveData?: boolean };
}
