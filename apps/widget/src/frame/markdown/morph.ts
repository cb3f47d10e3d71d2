/** Makes `root` hold what `wanted` holds, keeping every node that is already right: selection and focus survive. */
export function morphChildren(root: Node, wanted: readonly Node[]): void {
  let old = root.firstChild;
  for (const node of wanted) {
    const next = old?.nextSibling ?? null;
    if (!old) root.appendChild(node);
    else if (old !== node && !morph(old, node)) root.replaceChild(node, old);
    old = next;
  }
  while (old) {
    const next = old.nextSibling;
    root.removeChild(old);
    old = next;
  }
}

/** False when the one cannot become the other. */
function morph(old: Node, wanted: Node): boolean {
  if (old.nodeName !== wanted.nodeName) return false;
  if (old.nodeType === 3) {
    if (old.textContent !== wanted.textContent) old.textContent = wanted.textContent;
    return true;
  }
  if (!haveSameAttributes(old, wanted)) return false;
  morphChildren(old, [...wanted.childNodes]);
  return true;
}

function haveSameAttributes(old: Node, wanted: Node): boolean {
  if (!(isElement(old) && isElement(wanted))) return false;
  return (
    old.attributes.length === wanted.attributes.length &&
    [...wanted.attributes].every(({ name, value }) => old.getAttribute(name) === value)
  );
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}
