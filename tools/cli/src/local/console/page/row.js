// A message in a queue's list: one line, and everything below it once it is opened.

import { post, queuePath } from './api.js';
import { attributePairs, LETTER, reasonOf, table, valueOf } from './attributes.js';
import { confirmed } from './dialog.js';
import { attribute, button, copier, el, show, text } from './dom.js';
import { ago, age, bytes, date, plural, pretty, shortId } from './format.js';
import { now } from './live.js';
import { shortName } from './names.js';
import { attempt, say } from './toast.js';

export const messageHref = (id) => `#/messages/${encodeURIComponent(id)}`;

/** `isDead`: whether the list is a dead-letter queue's. */
export function row(queue, isDead, changed) {
  return (first) => {
    const id = first.id;
    const badge = el('span', { class: 'badge' });
    const sentAgo = el('span', { class: 'age' });
    const why = el('span', { class: 'why' });
    const excerpt = el('code', { class: 'excerpt' }, first.body.replace(/\s+/g, ' ').slice(0, 300));
    const receives = el('span', { class: 'receives' });
    const details = el('div', { class: 'details', id: `details-${id}`, hidden: true });
    const head = el(
      'button',
      { type: 'button', class: 'head', tabindex: '-1', 'aria-expanded': 'false', 'aria-controls': details.id, onclick: open },
      badge, el('span', { class: 'id' }, shortId(id)), excerpt, receives, sentAgo, why,
    );
    const node = el('li', { class: 'message', 'data-id': id }, head, details);
    let message = first;

    function open() {
      const opened = details.hidden;
      show(details, opened);
      attribute(head, 'aria-expanded', String(opened));
      if (opened) details.replaceChildren(...content(message, actions()));
    }

    function actions() {
      const follow = el('a', { class: 'button small', href: messageHref(id) }, 'Timeline');
      const again = isDead && button('Redrive', () => redrive(queue, id, again, changed), { class: 'small primary' });
      const remove = button('Delete…', () => removed(queue, id, remove, changed), { class: 'small' });
      return el('div', { class: 'actions' }, follow, again, copier(() => message.body, 'Copy body'), remove);
    }

    function update(it) {
      message = it;
      const reason = reasonOf(it);
      attribute(node, 'data-state', it.state);
      text(badge, state(it));
      text(receives, it.receiveCount ? plural(it.receiveCount, 'receive') : 'not received');
      text(sentAgo, ago(now() - it.sentMs));
      text(why, reason ?? '');
      show(why, Boolean(reason));
    }
    return { node, update };
  };
}

/** Whether it can be received, and when if not. */
export function state(message) {
  const left = (message.untilMs ?? 0) - now();
  if (message.state === 'inFlight') return left > 0 ? `hidden ${age(left)}` : 'visible';
  if (message.state === 'delayed') return left > 0 ? `delayed ${age(left)}` : 'visible';
  return 'visible';
}

function content(message, actions) {
  const reason = reasonOf(message);
  const original = valueOf(message, LETTER.id);
  const cut = message.bodyBytes > message.body.length * 3 || message.bodyBytes > 2000;
  return [
    reason && el('p', { class: 'reason' }, el('strong', {}, 'Why it failed'), ` ${reason}`),
    el('pre', { class: 'body', tabindex: '0' }, pretty(message.body) ?? message.body),
    cut && el('p', { class: 'note' }, `The beginning of ${bytes(message.bodyBytes)}; `, el('a', { href: messageHref(message.id) }, 'all of it'), '.'),
    actions,
    facts(message, original),
  ].filter(Boolean);
}

/** Everything that SQS and senders say of a message. */
export function facts(message, original) {
  return table([
    ['Message id', message.id],
    ['Sent', date(message.sentMs)],
    ['First received', message.firstReceivedMs && date(message.firstReceivedMs)],
    ['Receives', String(message.receiveCount)],
    ['Group', message.group],
    ['Deduplication id', message.deduplicationId],
    ['Dead-lettered in', message.deadLetteredIn && shortName(message.deadLetteredIn)],
    ['Copy of', original && el('a', { href: messageHref(original) }, original)],
    ['Size', bytes(message.bodyBytes)],
    ...attributePairs(message),
  ]);
}

export async function redrive(queue, id, pressed, changed) {
  const answer = await attempt(pressed, () => post(queuePath(queue, 'redrive'), { messageId: id }));
  if (!answer) return;
  say(`Redriven as ${shortId(answer.messageId)}.`, { href: messageHref(answer.messageId), label: 'Follow it' });
  changed(answer.messageId);
}

export async function removed(queue, id, pressed, changed) {
  const explanation = `${id} will be gone from ${shortName(queue)}. This cannot be undone.`;
  if (!(await confirmed('Delete this message?', explanation, 'Delete'))) return;
  const answer = await attempt(pressed, () => post(queuePath(queue, 'delete'), { messageId: id }));
  if (!answer) return;
  say(`Deleted ${shortId(id)}.`);
  changed(null);
}
