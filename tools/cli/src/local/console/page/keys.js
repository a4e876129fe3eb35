// Shortcuts. None takes a key from a field that is typed in.

import { dialog } from './dialog.js';
import { el } from './dom.js';
import { nextTheme } from './theme.js';

const HELP = [
  ['?', 'this list'],
  ['/', 'find a queue, or a message by its id'],
  ['h', 'overview'],
  ['1 … 9', 'the queue at that place of the overview'],
  ['s', 'send a message, on a queue’s page'],
  ['j k ↓ ↑', 'next and previous in a list'],
  ['Enter', 'open what is focused'],
  ['m', 'the message’s own page, in a list of messages'],
  ['r', 'redrive, in a dead-letter queue'],
  ['u', 'up: from a message to its queue, from there to the overview'],
  ['t', 'light, dark or system colours'],
];

/** `act` gives what this page does at a key, by the key. */
export function startKeys(act) {
  document.getElementById('help').addEventListener('click', help);
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select');
    if (event.key === 'Escape' && typing) typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return;
    const action = own[event.key] ?? act(event.key);
    if (action) {
      event.preventDefault();
      action();
    }
  });
}

const own = {
  '?': help,
  '/': () => document.getElementById('find-text').focus(),
  h: () => { location.hash = '#/'; },
  t: nextTheme,
};

function help() {
  const rows = HELP.map(([keys, what]) =>
    el('div', {}, el('dt', {}, keys.split(' ').map((key) => (key === '…' ? ' … ' : el('kbd', {}, key)))), el('dd', {}, what)));
  dialog('Keyboard', 'keys', el('dl', {}, rows));
}

/** Moves between the focusable rows of a list, of which one is in the tab order. */
export function roving(list, selector) {
  const rows = () => [...list.querySelectorAll(selector)];
  list.addEventListener('focusin', (event) => {
    const row = event.target.closest(selector);
    if (row) for (const it of rows()) it.tabIndex = it === row ? 0 : -1;
  });
  list.addEventListener('keydown', (event) => {
    const move = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const ends = { Home: 0, End: -1 }[event.key];
    if (event.target.closest('input, textarea') || (move ?? ends) === undefined) return;
    const all = rows();
    const at = all.indexOf(event.target.closest(selector));
    const next = move === undefined ? all.at(ends) : all[at + move];
    next?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

/** After the rows changed: one of them can be reached by the tab key. */
export function reachable(list, selector) {
  const rows = [...list.querySelectorAll(selector)];
  if (rows.length && !rows.some((it) => it.tabIndex === 0)) rows[0].tabIndex = 0;
}

/** From anywhere on the page into a list. */
export function enter(list, selector) {
  const row = list.querySelector(`${selector}[tabindex="0"]`) ?? list.querySelector(selector);
  row?.focus();
}
