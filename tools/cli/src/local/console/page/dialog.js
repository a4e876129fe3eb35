// Dialogs: a question, and room for a form.

import { button, el } from './dom.js';

let titles = 0;

/** A dialog with a title; it goes when it is closed, and the browser gives focus back to where it was. */
export function dialog(title, className, ...content) {
  titles += 1;
  const heading = el('h2', { id: `dialog-${titles}` }, title);
  const close = button('×', () => node.close(), { class: 'quiet close', 'aria-label': 'Close' });
  const node = el(
    'dialog',
    { class: className, 'aria-labelledby': heading.id },
    el('header', {}, heading, close),
    ...content,
  );
  // Later than the browser moves the focus: whoever types quickly may have moved it on already.
  node.addEventListener('close', () => node.remove());
  // A click beside it.
  node.addEventListener('click', (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  return node;
}

/** Asks before something cannot be undone; resolves to whether it is wanted. */
export function confirmed(title, explanation, label) {
  return new Promise((resolve) => {
    let wanted = false;
    const cancel = button('Cancel', () => node.close(), { autofocus: true });
    const yes = button(label, () => {
      wanted = true;
      node.close();
    }, { class: 'danger' });
    const node = dialog(title, 'question', el('p', {}, explanation), el('footer', {}, cancel, yes));
    node.addEventListener('close', () => resolve(wanted));
    cancel.focus();
  });
}
