// The build puts this import into every file with JSX.
export { Fragment, h } from "preact";
