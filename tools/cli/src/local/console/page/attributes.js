// Message attributes: rows to fill in, and a table to read.

import { button, el } from './dom.js';

/** Rows of name and value; all are strings. */
export function attributeRows() {
  const rows = el('div', { class: 'rows' });
  const add = button('Add an attribute', () => {
    const name = el('input', { type: 'text', placeholder: 'name', 'aria-label': 'Attribute name' });
    const value = el('input', { type: 'text', placeholder: 'value', 'aria-label': 'Attribute value' });
    const remove = button('×', () => { row.remove(); add.focus(); }, { class: 'quiet', 'aria-label': 'Remove' });
    const row = el('div', { class: 'row' }, name, value, remove);
    rows.append(row);
    name.focus();
  }, { class: 'small' });
  const value = () => {
    const pairs = [...rows.children].map((row) => [...row.querySelectorAll('input')].map((it) => it.value));
    return Object.fromEntries(pairs.filter(([name]) => name));
  };
  return { node: el('div', { class: 'attributes' }, rows, add), value };
}

/** What the toolkit writes on the messages that a function dead-letters itself. */
export const LETTER = {
  id: 'DeadLetterMessageId',
  queue: 'DeadLetterSourceQueue',
  type: 'DeadLetterErrorType',
  reason: 'DeadLetterReason',
};

/** The string value of an attribute. */
export const valueOf = (message, name) => message.attributes[name]?.StringValue ?? null;

/** Why a message is where it is: its last failure, or what its dead-letterer wrote on it. */
export function reasonOf(message) {
  const written = valueOf(message, LETTER.reason);
  const type = valueOf(message, LETTER.type);
  return message.reason ?? (written && type ? `${type}: ${written}` : written ?? type);
}

/** Terms and values of everything that is known of a message but its body. */
export function table(pairs) {
  const rows = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return el('dl', { class: 'table' }, rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

export function attributePairs(message) {
  return Object.entries(message.attributes).map(([name, it]) => {
    const value = it.StringValue ?? it.BinaryValue ?? '';
    return [name, el('span', {}, value, el('small', {}, ` ${it.DataType}`))];
  });
}
