// A queue, the functions it feeds, and its dead-letter queue, side by side.

import { post, queuePath } from './api.js';
import { chart } from './chart.js';
import { attribute, button, el, keyed, show, text } from './dom.js';
import { ago, age, brief, count, plural, took } from './format.js';
import { live, now } from './live.js';
import { shortName } from './names.js';
import { attempt, say } from './toast.js';

export const queueHref = (name) => `#/queues/${encodeURIComponent(name)}`;

/** Redrives all of a dead-letter queue. */
export const redriveAll = (name, pressed) =>
  attempt(pressed, async () => {
    await post(queuePath(name, 'redrive'));
    say(`The messages of ${shortName(name)} are on their way back.`);
  });

export function lane(first) {
  const source = queueCard(first.name);
  const functions = el('div', { class: 'fed' });
  const dead = el('div', { class: 'dead' });
  const node = el('article', { class: 'lane', 'aria-label': first.name }, source.node, functions, dead);

  function update(queue) {
    source.update(queue);
    const mappings = live.state.mappings.filter((it) => it.queue === queue.name);
    keyed(functions, mappings, (it) => it.uuid, functionCard);
    const letters = live.state.queues.filter((it) => it.name === queue.deadLettersTo);
    keyed(dead, letters, (it) => it.name, deadCard);
    attribute(node, 'data-fed', mappings.length > 0);
    attribute(node, 'data-dead', letters.length > 0);
  }
  return { node, update };
}

/** A number with its name below. */
export function figure(label, className = '') {
  const value = el('dd', {}, '–');
  const node = el('div', { class: `figure ${className}` }, el('dt', {}, label), value);
  return { node, set: (it) => text(value, it) };
}

function queueCard(name) {
  const depth = el('strong', { class: 'depth' });
  const oldest = el('span', { class: 'oldest' });
  const figures = {
    inFlight: figure('in flight', 'busy'),
    delayed: figure('delayed', 'wait'),
    sent: figure('sent'),
    completed: figure('completed', 'good'),
    retried: figure('retried'),
    deadLettered: figure('dead-lettered', 'bad'),
  };
  const drawn = chart(name);
  const title = el('a', { href: queueHref(name), class: 'cover', title: name });
  const fifo = el('span', { class: 'tag', hidden: true }, 'FIFO');
  const node = el(
    'section',
    { class: 'card queue' },
    el('header', {}, el('h2', {}, title), fifo),
    el('p', { class: 'headline' }, depth, el('span', {}, ' waiting'), oldest),
    drawn.node,
    el('dl', { class: 'figures' }, Object.values(figures).map((it) => it.node)),
  );

  function update(queue) {
    text(title, shortName(name));
    show(fifo, queue.fifo);
    text(depth, count(queue.visible));
    text(oldest, queue.oldestMs ? `oldest ${age(now() - queue.oldestMs)}` : '');
    for (const [key, figure] of Object.entries(figures)) {
      figure.set(brief(queue[key]));
      attribute(figure.node, 'data-zero', queue[key] === 0);
    }
    drawn.update();
  }
  return { node, update };
}

function functionCard(first) {
  const toggle = el('button', { type: 'button', class: 'switch', role: 'switch', onclick: change }, el('span'));
  const title = el('h3', {}, first.function);
  const how = el('p', { class: 'how' });
  const meter = el('div', { class: 'meter', 'aria-hidden': 'true' }, el('span'));
  const running = el('p', { class: 'running' });
  const figures = {
    invocations: figure('invocations'),
    errors: figure('errors', 'bad'),
    throttles: figure('throttles', 'warn'),
    p50: figure('p50'),
    p99: figure('p99'),
    warm: figure('warm'),
  };
  const node = el(
    'section',
    { class: 'card function' },
    el('span', { class: 'flow', 'aria-hidden': 'true' }),
    el('header', {}, title, toggle),
    running, meter, how,
    el('dl', { class: 'figures' }, Object.values(figures).map((it) => it.node)),
  );
  let mapping = first;

  function change() {
    const enabled = !mapping.enabled;
    attempt(toggle, async () => {
      await post(`/mappings/${mapping.uuid}`, { enabled });
      say(`${mapping.function} ${enabled ? 'is fed again' : 'is no longer fed'} from ${shortName(mapping.queue)}.`);
    });
  }

  function update(it) {
    mapping = it;
    const about = live.state.functions.find((one) => one.name === it.function);
    attribute(toggle, 'aria-checked', String(it.enabled));
    attribute(toggle, 'aria-label', `Event source mapping of ${it.function}`);
    attribute(toggle, 'title', it.enabled ? 'Enabled: stop feeding this function' : 'Disabled: feed this function again');
    attribute(node, 'data-enabled', it.enabled);
    attribute(node, 'data-running', it.running > 0);
    const limit = it.limit ? ` of ${it.limit}` : '';
    text(running, it.enabled || it.running ? `${it.running}${limit} running` : 'mapping disabled');
    meter.firstChild.style.width = `${it.limit ? Math.min(100, (100 * it.running) / it.limit) : 0}%`;
    const window = it.windowSeconds ? ` · window ${it.windowSeconds} s` : '';
    const filters = it.filters ? ` · ${plural(it.filters, 'filter')}` : '';
    text(how, `batches of ${it.batchSize}${window}${filters}`);
    const values = {
      invocations: brief(about?.invocations ?? 0),
      errors: brief(about?.errors ?? 0),
      throttles: brief(about?.throttles ?? 0),
      p50: took(about?.p50Ms),
      p99: took(about?.p99Ms),
      warm: brief(about?.warm ?? 0),
    };
    for (const [key, figure] of Object.entries(figures)) {
      figure.set(values[key]);
      attribute(figure.node, 'data-zero', values[key] === '0' || values[key] === '–');
    }
  }
  return { node, update };
}

function deadCard(first) {
  const depth = el('strong', { class: 'depth' });
  const note = el('p', { class: 'how' });
  const title = el('a', { href: queueHref(first.name), class: 'cover', title: first.name });
  const again = button('Redrive all', () => redriveAll(first.name, again), { class: 'small raised' });
  const node = el(
    'section',
    { class: 'card letters' },
    el('header', {}, el('h3', {}, title), el('span', { class: 'tag' }, 'DLQ')),
    el('p', { class: 'headline' }, depth, el('span', {}, ' dead letters')),
    note, again,
  );

  function update(queue) {
    const left = queue.visible + queue.inFlight + queue.delayed;
    text(title, shortName(queue.name));
    text(depth, count(left));
    attribute(node, 'data-any', left > 0);
    again.disabled = queue.visible === 0;
    text(note, progress(queue) ?? (left ? `oldest ${ago(now() - queue.oldestMs)}` : 'nothing has failed for good'));
  }
  return { node, update };
}

/** How far the move out of a dead-letter queue is, while it runs or failed. */
export function progress({ redrive }) {
  if (!redrive) return null;
  const { Status, ApproximateNumberOfMessagesMoved: moved, ApproximateNumberOfMessagesToMove: all } = redrive;
  if (Status === 'RUNNING') return `redriving: ${count(moved)} of ${count(all ?? 0)}`;
  return Status === 'FAILED' ? `redrive failed: ${redrive.FailureReason}` : null;
}
