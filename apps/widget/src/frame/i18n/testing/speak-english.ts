import en from "../en.json" with { type: "json" };
import { setWords } from "../words.ts";

// The words that tests read; in the product they come with the frame's document.
const { later, ...words } = en;
setWords({ ...words, ...later }, "en");
