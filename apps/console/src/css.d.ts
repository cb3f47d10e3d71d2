/** A style sheet as text; the build minifies it. */
declare module "*.css" {
  const css: string;
  export default css;
}
