/** One line drawing in a box of 24 by 24; what it means is said by the button around it. */
export function Icon({ shape, look }: { readonly shape: string; readonly look?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class={look}>
      <path d={shape} />
    </svg>
  );
}
