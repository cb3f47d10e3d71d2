/** The face of who answers: a picture, or the first letter of the name. */
export function Avatar({
  name,
  image,
}: {
  readonly name: string;
  /** The frame's policy lets pictures in from its own server, and those that the page wrote out. */
  readonly image: string | undefined;
}) {
  const [initial = ""] = name.trim();
  const source = image && isOwn(image) ? image : undefined;
  return (
    <span class="avatar" aria-hidden="true">
      {source ? <img src={source} alt="" /> : initial.toUpperCase()}
    </span>
  );
}

function isOwn(image: string): boolean {
  if (/^data:image\/(png|jpeg|webp|gif|svg\+xml)[;,]/.test(image)) return true;
  return (
    URL.canParse(image, location.href) && new URL(image, location.href).origin === location.origin
  );
}
