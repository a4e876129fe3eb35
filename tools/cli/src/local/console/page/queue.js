// A queue's page: its depth, its messages, and what can be done with it.

import { get, post, queuePath } from './api.js';
import { chart } from './chart.js';
import { confirmed } from './dialog.js';
import { attribute, button, el, keyed, show, text } from './dom.js';
import { age, count, plural } from './format.js';
import { sendHint } from './hint.js';
import { enter, reachable, roving } from './keys.js';
import { figure, progress, queueHref, redriveAll } from './lane.js';
import { live, now } from './live.js';
import { shortName } from './names.js';
import { messageHref, redrive, row } from './row.js';
import { openSend } from './send.js';
import { attempt, fail, say } from './toast.js';

const HEAD = '.head';
/** A list of more messages is asked for less often: a queue is copied to be shown. */
const LARGE = 5_000;

export function queuePage(name, then) {
  const title = el('h1', { tabindex: '-1' }, name);
  const about = el('p', { class: 'about' });
  const beside = el('p', { class: 'beside' });
  const send = button('Send a message', () => openSend(name, queue()?.fifo, load), { class: 'primary' });
  const again = button('Redrive all', () => redriveAll(name, again), { hidden: true });
  const purge = button('Purge…', purgeAll, {});
  const numbers = el('dl', { class: 'figures' });
  let figures = null;
  const drawn = chart(name);
  const amount = el('p', { class: 'amount' });
  const list = el('ul', { class: 'messages', 'aria-label': 'Messages' });
  const nothing = el('div', { class: 'empty', hidden: true });
  const node = el(
    'div',
    { class: 'queue-page' },
    el('nav', { class: 'crumbs', 'aria-label': 'Where this is' }, el('a', { href: '#/' }, 'Overview')),
    el('header', { class: 'page-head' }, el('div', {}, title, about, beside), el('div', { class: 'actions' }, send, again, purge)),
    el('section', { class: 'card depths', 'aria-label': 'Depth' },
      numbers, drawn.node),
    el('section', { class: 'list', 'aria-label': 'Messages' }, el('header', {}, el('h2', {}, 'Messages'), amount), nothing, list),
  );
  roving(list, HEAD);

  let listed = null;
  let loadedMs = 0;
  let seen = '';
  let loading = false;
  const queue = () => live.state?.queues.find((it) => it.name === name);
  const isDead = () => (queue()?.deadLettersFrom.length ?? 0) > 0;

  async function load() {
    if (loading) return;
    loading = true;
    try {
      listed = await get(queuePath(name));
      loadedMs = Date.now();
      render();
    } catch (error) {
      if (live.connected) fail(error);
    } finally {
      loading = false;
    }
  }

  /** Asks again if the queue did something since, not too often, and while someone looks. */
  function refresh() {
    const it = queue();
    if (!it || document.hidden) return;
    const sign = JSON.stringify([it.visible, it.inFlight, it.delayed, it.sent, it.received, it.completed]);
    const every = (listed?.count ?? 0) > LARGE ? 5_000 : 900;
    const due = (listed?.messages ?? []).some((one) => one.untilMs && one.untilMs < now());
    if ((sign === seen && !due) || Date.now() - loadedMs < every) return;
    seen = sign;
    load();
  }

  function update() {
    const it = queue();
    if (!it) {
      if (live.state) text(about, 'There is no such queue.');
      return;
    }
    if (!figures) {
      figures = isDead() ? deadFigures() : sourceFigures();
      numbers.append(...Object.values(figures).map((one) => one.node));
    }
    for (const [key, one] of Object.entries(figures)) {
      one.set(count(it[key]));
      attribute(one.node, 'data-zero', it[key] === 0);
    }
    drawn.update();
    show(again, isDead());
    again.disabled = it.visible === 0;
    text(again, progress(it) ?? 'Redrive all');
    neighbours(it);
    refresh();
    render();
  }

  function neighbours(it) {
    const links = (names) => names.flatMap((one, at) => [at ? ', ' : '', el('a', { href: queueHref(one) }, shortName(one))]);
    const key = `${it.deadLettersTo}|${it.deadLettersFrom}`;
    if (beside.key === key) return;
    beside.key = key;
    beside.replaceChildren(
      ...(it.deadLettersTo ? ['Dead letters go to ', ...links([it.deadLettersTo]), '. '] : []),
      ...(it.deadLettersFrom.length ? ['Dead-letter queue of ', ...links(it.deadLettersFrom), '.'] : []),
    );
  }

  function render() {
    if (!listed) return;
    text(about, facts(listed));
    const { messages, count: all } = listed;
    text(amount, all > messages.length ? `the first ${messages.length} of ${count(all)}` : plural(all, 'message'));
    const at = [...list.children].findIndex((it) => it.contains(document.activeElement));
    keyed(list, messages, (it) => it.id, row(name, isDead(), load));
    reachable(list, HEAD);
    // The message that had the focus is gone: its successor has it now.
    if (at >= 0 && !list.contains(document.activeElement)) {
      (list.children[at] ?? list.lastElementChild)?.querySelector(HEAD).focus();
    }
    show(nothing, all === 0);
    if (all === 0 && !nothing.firstChild) nothing.append(...empty());
  }

  function empty() {
    if (isDead()) return [el('h3', {}, 'No dead letters.'), el('p', {}, 'Messages that fail too often will wait here.')];
    return [el('h3', {}, 'Nothing is waiting.'), el('p', {}, 'Send a message with the button above (s), or from a terminal:'), sendHint(name)];
  }

  async function purgeAll() {
    const left = listed?.count ?? 0;
    const explanation = `${plural(left, 'message')} of ${name} will be deleted, those in flight too. This cannot be undone.`;
    if (!(await confirmed('Purge this queue?', explanation, 'Purge'))) return;
    if (await attempt(purge, () => post(queuePath(name, 'purge')))) say(`Purged ${shortName(name)}.`);
    load();
  }

  const current = () => document.activeElement?.closest?.('.message')?.dataset.id;
  const keys = {
    s: () => send.click(),
    j: () => enter(list, HEAD),
    k: () => enter(list, HEAD),
    ArrowDown: () => enter(list, HEAD),
    u: () => { location.hash = '#/'; },
    m: () => current() && (location.hash = messageHref(current())),
    r: () => isDead() && (current() ? redrive(name, current(), null, load) : again.click()),
  };
  load();
  if (then === 'send') queueMicrotask(() => send.click());
  return { node, title: name, update, key: (it) => keys[it] };
}

const here = () => ({
  visible: figure('visible'),
  inFlight: figure('in flight', 'busy'),
  delayed: figure('delayed', 'wait'),
});

const sourceFigures = () => ({
  ...here(),
  sent: figure('sent'),
  completed: figure('completed', 'good'),
  deadLettered: figure('dead-lettered', 'bad'),
});

const deadFigures = () => ({
  ...here(),
  sent: figure('arrived', 'bad'),
  redriven: figure('redriven'),
  completed: figure('deleted'),
});

/** The settings that decide what becomes of messages. */
function facts({ attributes, fifo }) {
  const seconds = (name) => age(Number(attributes[name]) * 1000);
  const policy = attributes.RedrivePolicy && JSON.parse(attributes.RedrivePolicy);
  return [
    fifo ? 'FIFO' : 'Standard',
    `hidden ${seconds('VisibilityTimeout')} once received`,
    Number(attributes.DelaySeconds) > 0 && `delays ${seconds('DelaySeconds')}`,
    `keeps messages ${seconds('MessageRetentionPeriod')}`,
    policy && `${plural(Number(policy.maxReceiveCount), 'receive')} before the dead-letter queue`,
  ].filter(Boolean).join(' · ');
}
