// The depth of a queue over the last minutes, as two stacked areas.

import { attribute, el, svg, text } from './dom.js';
import { brief, count } from './format.js';
import { live, now, SPAN_MS } from './live.js';

const WIDTH = 600;
const HEIGHT = 100;

/** A run of seconds would be a sliver of five minutes. */
const SHORT_MS = 60_000;

export function chart(queue) {
  const waiting = svg('path', { class: 'waiting' });
  const waitingLine = svg('path', { class: 'waiting-line' });
  const inFlight = svg('path', { class: 'in-flight' });
  const lines = [1, 2, 3, 4].map((fifth) => svg('path', { class: 'line', d: `M${(WIDTH * fifth) / 5} 0V${HEIGHT}` }));
  const top = el('span', { class: 'chart-top', 'aria-hidden': 'true' });
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    ...lines, inFlight, waiting, waitingLine,
  );
  const node = el('div', { class: 'chart' }, picture, top);

  function update() {
    const samples = live.samples.get(queue) ?? [];
    const most = Math.max(0, ...samples.map((it) => it.waiting + it.inFlight));
    // Never so tall that one message looks like many, with room for the words above.
    const scale = HEIGHT / Math.max(5, most * 1.3);
    const end = now();
    const span = end - (samples[0]?.at ?? end) > SHORT_MS ? SPAN_MS : SHORT_MS;
    const minutes = `${span / 60_000} min`;
    const last = samples.at(-1);
    // The last value is the present one.
    const until = last ? [...samples, { ...last, at: end }] : [];
    const points = until.map((it) => ({
      x: round(WIDTH * (1 - (end - it.at) / span)),
      low: round(HEIGHT - it.waiting * scale),
      high: round(HEIGHT - (it.waiting + it.inFlight) * scale),
    }));
    const line = steps(points, 'low');
    waitingLine.setAttribute('d', line && `M${line}`);
    waiting.setAttribute('d', line && `M${points[0].x} ${HEIGHT}L${line}V${HEIGHT}Z`);
    inFlight.setAttribute('d', line && `M${line}L${steps(points.toReversed(), 'high', true)}Z`);
    text(top, most > 0 ? `most ${brief(most)} in ${minutes}` : minutes);
    const said = last ? `now ${count(last.waiting)} waiting, ${count(last.inFlight)} in flight; ` : '';
    attribute(picture, 'aria-label', `Depth over ${minutes}: ${said}at most ${count(most)}`);
  }
  return { node, update };
}

/** A line that goes along each value until the next one begins. */
function steps(points, key, backwards = false) {
  const parts = points.map((it) => (backwards ? `V${it[key]}H${it.x}` : `H${it.x}V${it[key]}`));
  return points.length ? `${points[0].x} ${points[0][key]}${parts.join('')}` : '';
}

const round = (number) => Math.round(number * 10) / 10;
