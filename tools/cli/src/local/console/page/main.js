// The frame: which page is shown, the connection, finding things, keys.

import { attribute, el, show, text } from './dom.js';
import { startKeys } from './keys.js';
import { queueHref } from './lane.js';
import { follow, live, start } from './live.js';
import { messagePage } from './message.js';
import { overview, shown } from './overview.js';
import { queuePage } from './queue.js';
import { messageHref } from './row.js';
import { startTheme } from './theme.js';

const main = document.getElementById('main');
const banner = document.getElementById('banner');
const pulse = document.getElementById('pulse');
let page = null;

/** The page that the address names. */
function opened() {
  const [kind, name, rest] = location.hash.slice(2).split('/').map(decodeURIComponent);
  if (kind === 'queues' && name) return queuePage(name, rest);
  if (kind === 'messages' && name) return messagePage(name);
  return overview();
}

function navigate(event) {
  // Skip links are addresses, too, but of no page.
  if (!live.state) return;
  if (event && !location.hash.startsWith('#/') && location.hash !== '') return;
  page = opened();
  main.replaceChildren(page.node);
  document.title = `${page.title} · lambda-queue`;
  page.update('state');
  window.scrollTo(0, 0);
  // Those who cannot see that the page is another one hear its title.
  if (event) main.querySelector('h1').focus();
}

function connection() {
  attribute(pulse, 'data-on', live.connected);
  text(document.getElementById('pulse-text'), live.connected ? 'live' : 'offline');
  show(banner, !live.connected);
  text(banner, live.connected ? '' : 'Connection lost, retrying. What is shown here may be old. Is lambda-queue still running?');
}

function queueNames() {
  const list = document.getElementById('find-queues');
  const names = live.state?.queues.map((it) => it.name) ?? [];
  if (list.children.length !== names.length) list.replaceChildren(...names.map((value) => el('option', { value })));
}

function find(event) {
  event.preventDefault();
  const input = document.getElementById('find-text');
  const wanted = input.value.trim();
  if (!wanted) return;
  const named = live.state?.queues.find((it) => it.name === wanted || it.name.endsWith(`-${wanted}`));
  location.hash = named ? queueHref(named.name) : messageHref(wanted);
  input.value = '';
}

function act(key) {
  const queue = /^[1-9]$/.test(key) && live.state && shown(live.state.queues)[Number(key) - 1];
  if (queue) return () => { location.hash = queueHref(queue.name); };
  return page?.key?.(key);
}

startTheme();
startKeys(act);
document.getElementById('find').addEventListener('submit', find);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', navigate);
follow((what) => {
  if (what === 'connection') connection();
  if (what === 'state') queueNames();
  // Pages need to know the queues before they can say what is what.
  if (page) page.update(what);
  else if (live.state) navigate();
});
start();
