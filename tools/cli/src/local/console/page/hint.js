// What to type in a terminal.

import { copier, el } from './dom.js';

/** A command line that sends something to a queue of this stack. */
export function sendHint(queue) {
  const group = queue.endsWith('.fifo') ? ' --group one' : '';
  const port = location.port === '4566' ? '' : ` --endpoint ${location.origin}`;
  return command(`lambda-queue send ${queue} --body '{"hello":"world"}'${group}${port}`);
}

export function command(line) {
  return el('div', { class: 'command' }, el('code', {}, line), copier(() => line));
}
