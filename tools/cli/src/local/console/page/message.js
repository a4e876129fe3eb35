// A message's page: what it is, where it is, and everything that happened to it.

import { get } from './api.js';
import { LETTER, reasonOf, valueOf } from './attributes.js';
import { attribute, button, copier, el, keyed, show, text } from './dom.js';
import { ago, age, date, exact, pretty } from './format.js';
import { queueHref } from './lane.js';
import { live, now } from './live.js';
import { shortName } from './names.js';
import { facts, redrive, removed, state } from './row.js';
import { steps } from './story.js';

export function messagePage(id) {
  const title = el('h1', { tabindex: '-1' }, 'Message');
  const where = el('p', { class: 'about' });
  const actions = el('div', { class: 'actions' });
  const story = el('ol', { class: 'timeline', 'aria-label': 'Timeline' });
  const body = el('pre', { class: 'body', tabindex: '0', 'aria-label': 'Body' });
  const known = el('div', {});
  const aside = el('section', { class: 'card content', 'aria-label': 'Content' }, el('h2', {}, 'Body'), body, known);
  const gone = el('p', { class: 'empty' }, 'Bodies are not kept once a message has left its queue.');
  const node = el(
    'div',
    { class: 'message-page' },
    el('nav', { class: 'crumbs', 'aria-label': 'Where this is' }, el('a', { href: '#/' }, 'Overview'), el('a', { hidden: true })),
    el('header', { class: 'page-head' },
      el('div', {}, title, el('p', { class: 'ids' }, el('code', {}, id), copier(() => id)), where), actions),
    el('div', { class: 'columns' }, el('section', { class: 'card', 'aria-label': 'What happened' }, el('h2', {}, 'Timeline'), story), el('div', {}, aside, gone)),
  );
  let told = null;
  let shownBody = null;
  let loading = false;

  async function load() {
    if (loading) return;
    loading = true;
    try {
      told = await withOriginal(await get(messagePath(id)));
      render();
    } catch (error) {
      text(where, error.message);
      if (!told) { show(aside, false); show(gone, false); }
    } finally {
      loading = false;
    }
  }

  function update(what) {
    const mine = new Set([id, ...(told?.chain.map((it) => it.id) ?? [])]);
    const last = told?.chain.at(-1)?.entries.at(-1)?.number ?? 0;
    if (what === 'activity' && live.news.some((it) => mine.has(it.messageId) && it.number > last)) load();
    if (what === 'connection' && live.connected) load();
    if (what === 'tick' && told) render();
  }

  function render() {
    const { now: found, chain } = told;
    text(where, place(found, chain));
    crumb(found?.queue ?? chain.at(-1)?.entries.at(-1)?.queue);
    const entries = chain.flatMap((part) => part.entries).sort((a, b) => a.number - b.number);
    const all = steps(entries);
    keyed(story, all.map((step, at) => ({ step, at, before: all[at - 1] })), ({ at }) => at, item);
    show(aside, Boolean(found));
    show(gone, !found);
    attribute(node, 'data-gone', !found);
    if (!found || shownBody === JSON.stringify(found)) return;
    shownBody = JSON.stringify(found);
    const { message, queue } = found;
    text(body, pretty(message.body) ?? message.body);
    known.replaceChildren(facts(message, valueOf(message, LETTER.id)));
    const isDead = live.state?.queues.find((it) => it.name === queue)?.deadLettersFrom.length > 0;
    const again = isDead && button('Redrive', () => redrive(queue, message.id, again, load), { class: 'primary' });
    const remove = button('Delete…', () => removed(queue, message.id, remove, load), {});
    actions.replaceChildren(...[again, copier(() => message.body, 'Copy body', ''), remove].filter(Boolean));
  }

  function crumb(queue) {
    const link = node.querySelector('.crumbs a + a');
    show(link, Boolean(queue));
    if (!queue) return;
    link.href = queueHref(queue);
    text(link, shortName(queue));
  }

  load();
  const up = () => { location.hash = node.querySelector('.crumbs a + a').getAttribute('href') ?? '#/'; };
  const keys = { u: up, r: () => actions.querySelector('.primary')?.click() };
  return { node, title: `Message ${id}`, update, key: (it) => keys[it] };
}

const messagePath = (id) => `/messages/${encodeURIComponent(id)}`;

/** A copy that a function dead-lettered has the story of its original, too. */
async function withOriginal(told) {
  const original = told.now && valueOf(told.now.message, LETTER.id);
  if (!original || told.chain.some((it) => it.id === original)) return told;
  const before = await get(messagePath(original)).catch(() => ({ chain: [] }));
  return { ...told, chain: [...before.chain, ...told.chain] };
}

/** Where a message is now, or how it left. */
function place(found, chain) {
  if (found) {
    const reason = reasonOf(found.message);
    return `In ${shortName(found.queue)}, ${state(found.message)}${reason ? `; last failed: ${reason}` : ''}`;
  }
  const last = steps(chain.at(-1)?.entries ?? []).at(-1);
  return last ? `No longer in a queue. ${last.title} ${ago(now() - last.at)}.` : '';
}

/** A step of the timeline. Its last step may still go on. */
function item() {
  const dot = el('span', { class: 'dot', 'aria-hidden': 'true' });
  const title = el('strong', {});
  const detail = el('p', { class: 'reason' });
  const list = el('p', { class: 'facts' });
  const queue = el('a', { class: 'where' });
  const time = el('time', {});
  const since = el('span', { class: 'since' });
  const node = el('li', {}, dot, el('div', { class: 'step' }, el('p', { class: 'title' }, title, queue), detail, list), el('p', { class: 'when' }, time, since));

  function update({ step, before }) {
    node.dataset.tone = step.tone;
    node.dataset.running = Boolean(step.running);
    text(title, step.title);
    text(detail, step.detail ?? '');
    show(detail, Boolean(step.detail));
    queue.href = queueHref(step.queue);
    text(queue, `in ${shortName(step.queue)}`);
    show(queue, Boolean(before) && before.queue !== step.queue && !(MOVES.has(before.kind) && before.kind !== 'sent') && !MOVES.has(step.kind));
    const going = step.running ? [`running for ${age(now() - step.at)}`] : [];
    text(list, [...step.facts, ...going].join(' · '));
    time.dateTime = new Date(step.at).toISOString();
    time.title = date(step.at);
    text(time, exact(step.at));
    text(since, before ? `+${difference(step.at - before.at)}` : ago(now() - step.at));
  }
  return { node, update };
}

/** These say where to. */
const MOVES = new Set(['deadLettered', 'moved', 'sent']);

const difference = (ms) => (ms < 1000 ? `${ms} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : age(ms));
