import { render } from "preact";
import css from "./style.css";
import { App } from "./view/app.tsx";

// An adopted sheet needs no permission for styles, and comes with the script in one piece.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets = [sheet];

render(<App />, document.body);
