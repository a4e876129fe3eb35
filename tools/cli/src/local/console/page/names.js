// Names without what all of them begin with, which is the stack's name.

import { live } from './live.js';

/** The name of a queue, shorter where nothing is lost by it. */
export function shortName(name) {
  const names = live.state?.queues.map((it) => it.name) ?? [];
  const prefix = names.length > 1 ? common(names) : '';
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** What all names begin with, up to a hyphen. */
function common(names) {
  let [prefix] = names;
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.slice(0, prefix.lastIndexOf('-') + 1);
}
