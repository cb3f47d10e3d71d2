// What the parts that are loaded later share with the frame. They import it from here alone, so that the bundler makes one
// shared chunk of it and not one for each combination of parts.

export { Component } from "preact";
export { languageTag, say, sayCount } from "./i18n/words.ts";
export { failureOf, sayFailure } from "./state/failure-of.ts";
export { type Signal, signal } from "./state/signal.ts";
export { canRetryHelp, endingWords, hasEnded } from "./state/turn.ts";
export { adoptStyles } from "./view/adopt-styles.ts";
export { focusInput } from "./view/focus-input.ts";
export { Icon } from "./view/icon.tsx";
export { IconButton } from "./view/icon-button.tsx";
export { part } from "./view/part.ts";
export { ARROW, CLOSE, FRESH } from "./view/shapes.ts";
export { Watch } from "./view/watch.tsx";
