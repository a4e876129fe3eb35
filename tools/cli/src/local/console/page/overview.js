// The overview: everything at a glance.

import { feed } from './activity.js';
import { attribute, el, keyed, show, text } from './dom.js';
import { brief, plural } from './format.js';
import { sendHint } from './hint.js';
import { figure, lane, queueHref } from './lane.js';
import { live, pace } from './live.js';
import { shortName } from './names.js';

export function overview() {
  const figures = {
    waiting: figure('waiting'),
    inFlight: figure('in flight', 'busy'),
    pace: figure('completed a second', 'good'),
    completed: figure('completed', 'good'),
    dead: figure('dead letters', 'bad'),
  };
  const alarms = el('ul', { class: 'alarms', 'aria-label': 'Alarms' });
  const hint = el('div', { class: 'hint' });
  const lanes = el('div', { class: 'lanes' });
  const activity = feed();
  const node = el(
    'div',
    { class: 'overview' },
    el('h1', { class: 'unseen', tabindex: '-1' }, 'Overview'),
    el('dl', { class: 'totals' }, Object.values(figures).map((it) => it.node)),
    alarms, hint,
    el('div', { class: 'columns' }, lanes, activity.node),
  );

  function update(what) {
    if (!live.state) return;
    if (what !== 'activity') {
      const { queues } = live.state;
      totals(queues);
      keyed(lanes, shown(queues), (it) => it.name, lane);
      keyed(alarms, told(live.state.alarms), (it) => it.name, alarm);
      welcome(queues);
    }
    activity.update();
  }

  function totals(queues) {
    const dead = queues.filter((it) => it.deadLettersFrom.length > 0);
    const sources = queues.filter((it) => it.deadLettersFrom.length === 0);
    const sum = (of, key) => of.reduce((total, it) => total + it[key], 0);
    const values = {
      waiting: sum(sources, 'visible') + sum(sources, 'delayed'),
      inFlight: sum(sources, 'inFlight'),
      pace: Math.round(pace(sources.map((it) => it.name))),
      completed: sum(sources, 'completed'),
      dead: sum(dead, 'visible') + sum(dead, 'inFlight') + sum(dead, 'delayed'),
    };
    for (const [key, one] of Object.entries(figures)) {
      one.set(brief(values[key]));
      attribute(one.node, 'data-zero', values[key] === 0);
    }
  }

  /** What to do first, while nothing has been done. */
  function welcome(queues) {
    const isNew = queues.every((it) => it.sent === 0);
    const first = shown(queues)[0];
    show(hint, isNew);
    if (!isNew || hint.firstChild) return;
    hint.append(
      ...(first
        ? [
            el('h2', {}, 'Everything is up, and nothing has been sent yet.'),
            el('p', {}, 'Send a first message from a terminal, or ',
              el('a', { href: `${queueHref(first.name)}/send` }, 'from here'), ', and watch what becomes of it.'),
            sendHint(first.name),
          ]
        : [el('h2', {}, 'The template has no queues.'), el('p', {}, 'Add an AWS::SQS::Queue to it and start again.')]),
    );
  }
  return { node, title: 'Overview', update };
}

/** Those with a lane of their own: dead-letter queues are beside their sources. */
export function shown(queues) {
  const fed = new Set(live.state.mappings.map((it) => it.queue));
  const own = queues.filter((it) => it.deadLettersFrom.length === 0 || fed.has(it.name));
  const rank = (it) => (fed.has(it.name) ? 0 : 1);
  return own.sort((a, b) => rank(a) - rank(b));
}

/** Alarms that went off, each by itself, and how many have not. */
function told(alarms) {
  const off = alarms.filter((it) => it.state === 'ALARM');
  const quiet = alarms.length - off.length;
  return quiet ? [...off, { name: `${plural(quiet, 'alarm')} quiet`, state: 'OK', reason: '' }] : off;
}

function alarm() {
  const node = el('li', {});
  return {
    node,
    update(it) {
      attribute(node, 'data-state', it.state);
      attribute(node, 'title', it.reason);
      text(node, it.state === 'ALARM' ? `Alarm: ${shortName(it.name)}` : it.name);
    },
  };
}
