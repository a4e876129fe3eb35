// Elements from code. Text is always set as text: what comes from messages is never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element. `on…` properties are listeners, others attributes; false and null are left out. */
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else attribute(node, name, value);
  }
  node.append(...children.flat().filter((it) => it !== null && it !== undefined && it !== false));
  return node;
}

/** Sets an attribute if it is not so already; none where `value` is null, or false and no data. */
export function attribute(node, name, value) {
  const isData = name.startsWith('data-') || name.startsWith('aria-');
  const wanted = value === true && !isData ? '' : value;
  if (wanted === null || wanted === undefined || (wanted === false && !isData)) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(wanted)) node.setAttribute(name, wanted);
}

/** Sets the text of a node if it is another one, so that a selection survives. */
export function text(node, value) {
  const wanted = String(value);
  if (node.textContent !== wanted) node.textContent = wanted;
}

export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/**
 * Makes the children of `parent` those of `items`, in their order, and keeps those that stay:
 * focus, selection and open details are not lost. `create` gives `{ node, update(item) }`.
 */
export function keyed(parent, items, keyOf, create) {
  const old = parent.parts ?? new Map();
  const parts = new Map();
  const keys = new Set(items.map(keyOf));
  // First, so that what stays need not move: moving takes the focus away.
  for (const [key, part] of old) if (!keys.has(key)) part.node.remove();
  let before = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const part = old.get(key) ?? create(item);
    parts.set(key, part);
    part.update(item);
    if (part.node === before) before = before.nextSibling;
    else parent.insertBefore(part.node, before);
  }
  parent.parts = parts;
  return parts;
}

/** A button. */
export function button(label, onclick, properties = {}) {
  return el('button', { type: 'button', onclick, ...properties }, label);
}

/** A button that copies what `value` gives. */
export function copier(value, label = 'Copy', className = 'small') {
  const node = button(label, async () => {
    await navigator.clipboard.writeText(value());
    text(node, 'Copied');
    setTimeout(() => text(node, label), 1500);
  }, { class: className });
  return node;
}
