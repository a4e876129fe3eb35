// The feed: what happens to messages, as it happens.

import { attribute, el, keyed, show, text } from './dom.js';
import { brief, clock, exact, shortId } from './format.js';
import { live } from './live.js';
import { shortName } from './names.js';
import { line } from './story.js';

const SHOWN = 40;

export function feed() {
  const list = el('ol', { class: 'feed' });
  const nothing = el('p', { class: 'empty' }, 'What happens to messages will be told here, line by line.');
  const held = el('span', { class: 'held' });
  const node = el(
    'section',
    { class: 'card activity', 'aria-label': 'Activity' },
    el('header', {}, el('h2', {}, 'Activity'), held),
    nothing, list,
  );
  // Who reads or aims at a line does not want it to move away.
  const isRead = () => node.matches(':hover') || node.contains(document.activeElement);

  function update() {
    show(nothing, live.news.length === 0);
    const waits = isRead() && list.children.length > 0;
    const missed = live.skipped ? `${brief(live.skipped)} more at once` : '';
    text(held, waits ? 'held while you read' : missed);
    attribute(node, 'data-held', waits);
    if (!waits) keyed(list, live.news.filter(isTold).slice(0, SHOWN), (it) => it.number, item);
  }
  node.addEventListener('mouseleave', () => update());
  return { node, update };
}

/** Less than a timeline tells: what follows from another line is left out. */
const isTold = (entry) => !['handedOver', 'visible', 'arrived', 'cameBack', 'deleted'].includes(entry.kind);

function item(entry) {
  const { tone, title, detail } = line(entry);
  const node = el(
    'li',
    { 'data-tone': tone },
    el('time', { datetime: new Date(entry.atMs).toISOString(), title: exact(entry.atMs) }, clock(entry.atMs)),
    el('span', { class: 'what' }, title),
    el('a', { href: `#/messages/${entry.messageId}`, title: `${entry.messageId} in ${shortName(entry.queue)}` }, shortId(entry.messageId)),
    detail && el('p', { class: 'detail' }, detail),
  );
  return { node, update() {} };
}
