/** Puts a style sheet to work. An adopted one needs no permission of the policy, and comes in one piece with its script. */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
