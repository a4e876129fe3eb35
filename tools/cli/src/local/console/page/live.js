// What the server tells as it happens, and who wants to know.

import { eventsUrl, get } from './api.js';

/** How long the charts reach back. */
export const SPAN_MS = 5 * 60_000;
/** The server says something at least every five seconds. */
const SILENCE_MS = 15_000;
const MOST_NEWS = 60;

export const live = {
  /** Queues, functions, mappings, alarms; null until first heard. */
  state: null,
  connected: false,
  /** The newest activity, newest first. */
  news: [],
  /** How many entries the newest of them came with that were too many to send. */
  skipped: 0,
  /** Samples by queue, oldest first: at, waiting, inFlight, completed. */
  samples: new Map(),
};

const followers = new Set();
let source;
let heard = Date.now();
let offset = 0;

/** The server's time. */
export const now = () => Date.now() + offset;

/** Calls `follower` with `state`, `activity`, `connection` or `tick`, until the result is called. */
export function follow(follower) {
  followers.add(follower);
  return () => followers.delete(follower);
}

export function start() {
  connect();
  setInterval(() => {
    if (live.connected && Date.now() - heard > SILENCE_MS) lost();
    if (live.connected) sample();
    tell('tick');
  }, 1000);
}

function tell(what) {
  for (const follower of [...followers]) follower(what);
}

function connect() {
  source?.close();
  source = new EventSource(eventsUrl);
  source.onopen = opened;
  source.onerror = lost;
  on('state', (data) => {
    offset = data.nowMs - Date.now();
    live.state = data.state;
    sample();
    tell('state');
  });
  on('activity', (data) => {
    // At first, it is only what was before.
    live.skipped = live.news.length ? data.skipped : 0;
    live.news = [...data.entries.reverse(), ...live.news].slice(0, MOST_NEWS);
    tell('activity');
  });
  on('ping', () => {});
}

function on(event, take) {
  source.addEventListener(event, (it) => {
    heard = Date.now();
    take(JSON.parse(it.data));
  });
}

async function opened() {
  heard = Date.now();
  // What is heard from now on begins with the newest there is, perhaps of another run.
  live.news = [];
  live.connected = true;
  tell('connection');
  const history = await get('/history').catch(() => ({ samples: [] }));
  live.samples = new Map();
  for (const { atMs, queues } of history.samples) {
    for (const queue of queues) add(queue.name, { at: atMs, ...queue });
  }
  tell('state');
}

function lost() {
  const was = live.connected;
  live.connected = false;
  if (was || live.state === null) tell('connection');
  // A browser gives up where it was refused, and waits for ever where nothing comes.
  if (source.readyState === EventSource.CLOSED || was) setTimeout(retry, 1500);
}

function retry() {
  if (!live.connected && source.readyState !== EventSource.OPEN) connect();
}

function sample() {
  for (const queue of live.state?.queues ?? []) {
    const { visible, delayed, inFlight, completed } = queue;
    add(queue.name, { at: now(), waiting: visible + delayed, inFlight, completed });
  }
}

function add(name, one) {
  const samples = live.samples.get(name) ?? [];
  samples.push(one);
  while (samples.length > 2 && samples[1].at < one.at - SPAN_MS) samples.shift();
  live.samples.set(name, samples);
}

/** Messages completed a second, over the last five seconds. */
export function pace(names) {
  const since = now() - 5000;
  let sum = 0;
  for (const name of names) {
    const samples = live.samples.get(name) ?? [];
    const first = samples.find((it) => it.at >= since);
    const last = samples.at(-1);
    if (first && last.at > first.at) {
      sum += Math.max(0, last.completed - first.completed) / ((last.at - first.at) / 1000);
    }
  }
  return sum;
}
