// Numbers and times in words.

const numbers = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clocks = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const count = (number) => numbers.format(number);

/** Short enough for a narrow place. */
export const brief = (number) => (number < 10_000 ? numbers.format(number) : compact.format(number));

export const plural = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;

/** A time of a day; with milliseconds where order matters. */
export const clock = (ms) => clocks.format(ms);
export const exact = (ms) => `${clocks.format(ms)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
export const date = (ms) => dates.format(ms);

/** How long something takes: 0.4 ms, 12 ms, 1.2 s. */
export function took(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : age(ms);
}

/** A time span in its largest unit or two: 12 s, 3 min 5 s, 2 h 10 min, 4 days. */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  const days = Math.floor(hours / 24);
  return `${days} day${days === 1 ? '' : 's'}`;
}

const joined = (large, unit, small, smaller) =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;

export const ago = (ms) => (ms < 1000 ? 'now' : `${age(ms)} ago`);

export function bytes(number) {
  if (number < 1000) return `${number} B`;
  return number < 1_000_000 ? `${(number / 1000).toFixed(1)} kB` : `${(number / 1_000_000).toFixed(1)} MB`;
}

const ENDINGS = ['th', 'st', 'nd', 'rd'];

export function ordinal(number) {
  const last = number % 100;
  return `${number}${ENDINGS[(last - 20) % 10] ?? ENDINGS[last] ?? ENDINGS[0]}`;
}

/** The first part of an id, enough to tell it from others. */
export const shortId = (id) => id.slice(0, 8);

/** JSON with indentation, or null if it is not an object or a list. */
export function pretty(body) {
  try {
    const value = JSON.parse(body);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}
