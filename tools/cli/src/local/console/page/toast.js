// Short notes at the edge: what was done, and what was refused.

import { button, el } from './dom.js';

const place = document.getElementById('toasts');

/** Says what was done; `link` is `{ href, label }`. */
export function say(what, link) {
  note('done', what, link, 6000);
}

/** Says what went wrong, until it is read. */
export function fail(error) {
  note('failed', error.message ?? String(error), null, 12_000);
}

function note(kind, what, link, forMs) {
  const close = button('×', () => node.remove(), { class: 'quiet', 'aria-label': 'Dismiss' });
  const more = link && el('a', { href: link.href }, link.label);
  const role = kind === 'failed' ? { role: 'alert' } : {};
  const node = el('div', { class: `toast ${kind}`, ...role }, el('p', {}, what, more && ' ', more), close);
  place.append(node);
  while (place.children.length > 4) place.firstChild.remove();
  setTimeout(() => node.remove(), forMs);
}

/** Runs what a button does; a refusal is shown, and the button is not pressed twice. */
export async function attempt(node, action) {
  if (node) node.disabled = true;
  try {
    return await action();
  } catch (error) {
    fail(error);
    return null;
  } finally {
    if (node) node.disabled = false;
  }
}
