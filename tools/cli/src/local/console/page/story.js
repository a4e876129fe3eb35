// What happened to messages, in words: one line for the feed, steps for a timeline.

import { exact, ordinal, took } from './format.js';
import { shortName } from './names.js';

/** The handler was not to blame, or has not even run. */
const LATER = new Set(['deferred', 'blocked', 'not_started', 'lease_lost']);

/** How an invocation ended for a message, as `[tone, words]`. */
function settled(entry) {
  const { outcome, error } = entry;
  if (outcome === 'processed') return ['good', `${entry.function} processed it`];
  if (outcome === 'replayed') return ['good', `${entry.function} had done it before`];
  if (outcome === 'dead_lettered') return ['bad', `${entry.function} gave it up`];
  if (LATER.has(outcome)) return ['warn', `${entry.function}: ${outcome.replace('_', ' ')}`];
  if (error || outcome === 'retry') return ['bad', `Failed in ${entry.function}`];
  return ['plain', `${entry.function} answered`];
}

const TELL = {
  sent: (it) => ['plain', `Sent to ${shortName(it.queue)}`],
  delayed: (it) => ['wait', `Delayed until ${exact(it.untilMs)}`],
  received: (it) => ['busy', it.receiveCount > 1 ? `Retried: received for the ${ordinal(it.receiveCount)} time` : 'Received'],
  hidden: (it) => ['wait', `Hidden until ${exact(it.untilMs)}`],
  visible: () => ['wait', 'Visible again'],
  deleted: () => ['plain', 'Deleted'],
  deadLettered: () => ['dead', 'Dead-lettered'],
  moved: () => ['plain', 'Redriven'],
  arrived: (it) => ['plain', `Arrived from ${shortName(it.from)}`],
  expired: () => ['bad', 'Expired: it outlived the retention period'],
  purged: () => ['plain', 'Purged'],
  handedOver: (it) => ['busy', `In ${it.function}`],
  settled,
  throttled: (it) => ['warn', `${it.function} was throttled`],
  cameBack: (it) => ['warn', `Comes back: ${it.reason}`],
  filtered: () => ['plain', 'Wanted by no filter'],
};

/** An entry in one line: `{ tone, title, detail }`. */
export function line(entry) {
  const [tone, title] = TELL[entry.kind]?.(entry) ?? ['plain', entry.kind];
  return { tone, title, detail: entry.error ?? null };
}

/** The entries of a message as steps: what belongs together is one of them. */
export function steps(entries) {
  const told = [];
  entries.forEach((entry, index) => {
    const before = told.at(-1);
    const step = { at: entry.atMs, queue: entry.queue, facts: [], kind: entry.kind, ...line(entry) };
    const add = FOLD[entry.kind];
    if (add?.(step, before, entry, entries.slice(index + 1)) !== 'folded') told.push(step);
  });
  return told;
}

/** How steps are completed from those around them; `folded` where one is part of the one before. */
const FOLD = {
  received(step, before, entry) {
    step.facts.push(`hidden until ${exact(entry.untilMs)}`);
  },
  handedOver(step, before, entry, later) {
    const answer = later.find((it) => it.kind === 'settled' || it.kind === 'handedOver');
    const requestId = answer?.kind === 'settled' ? answer.requestId : null;
    const into = before?.kind === 'received' ? before : step;
    if (into === before) into.title += ` by ${entry.function}`;
    if (requestId) into.facts.push(`request ${requestId}`);
    else if (!answer) into.running = true;
    return into === before ? 'folded' : 'kept';
  },
  settled(step, before, entry) {
    step.outcome = entry.outcome;
    step.facts.push(entry.tookMs ? `took ${took(entry.tookMs)}` : 'took less than 1 ms');
  },
  cameBack(step, before, entry) {
    if (before?.kind !== 'settled') return 'kept';
    if (before.tone === 'plain') [before.tone, before.title] = ['bad', before.title.replace('answered', 'did not do it')];
    before.facts.push(`comes back: ${entry.reason}`);
    return 'folded';
  },
  visible(step, before, entry, [next]) {
    if (before?.kind === 'delayed') step.title = 'Visible';
    // It was received as soon as it could be.
    return next && next.atMs - entry.atMs < 100 ? 'folded' : 'kept';
  },
  deleted(step, before) {
    if (before?.kind === 'filtered') {
      before.title = 'Deleted, because no filter wanted it';
      return 'folded';
    }
    if (before?.kind !== 'settled') return 'kept';
    if (before.outcome === 'dead_lettered') {
      step.title = 'Deleted here: the function sent a copy to its dead-letter queue';
    } else {
      [step.tone, step.title] = ['good', 'Completed and deleted'];
    }
    return 'kept';
  },
  deadLettered(step, before, entry) {
    step.title = `Dead-lettered to ${shortName(entry.to)}`;
  },
  moved(step, before, entry) {
    step.title = `Redriven to ${shortName(entry.to)}`;
    step.facts.push(`goes on as ${entry.newMessageId}`);
  },
  arrived(step, before) {
    return ['deadLettered', 'moved'].includes(before?.kind) ? 'folded' : 'kept';
  },
};

