// The form that sends a message.

import { post, queuePath } from './api.js';
import { attributeRows } from './attributes.js';
import { dialog } from './dialog.js';
import { attribute, button, el, text } from './dom.js';
import { bytes, shortId } from './format.js';
import { attempt, say } from './toast.js';

const encoder = new TextEncoder();
/** What was last sent to each queue, to send it again. */
const last = new Map();

export function openSend(queue, fifo, sent) {
  const body = el('textarea', { id: 'send-body', rows: '10', spellcheck: 'false', autofocus: true, oninput: check });
  body.value = last.get(queue) ?? '{\n  "hello": "world"\n}';
  const verdict = el('p', { class: 'verdict', id: 'send-verdict', 'aria-live': 'polite' });
  attribute(body, 'aria-describedby', verdict.id);
  const group = field('Message group', fifo ? 'required' : 'for fairness; optional');
  if (fifo) group.input.value = 'one';
  const deduplication = fifo && field('Deduplication id', 'unless the queue makes it of the content');
  if (fifo) deduplication.input.value = crypto.randomUUID?.() ?? String(Date.now());
  const delay = !fifo && field('Delay, in seconds', '0 to 900; the queue’s if empty', { type: 'number', min: '0', max: '900' });
  const attributes = attributeRows();
  const submit = el('button', { type: 'submit', class: 'primary' }, 'Send');
  const form = el(
    'form',
    { onsubmit: send },
    el('label', { for: body.id }, 'Body'), body, verdict,
    el('div', { class: 'fields' }, group.node, deduplication && deduplication.node, delay && delay.node),
    attributes.node,
    el('footer', {}, button('Cancel', () => node.close()), submit),
  );
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  const node = dialog(`Send to ${queue}`, 'send', form);
  check();

  function check() {
    const size = bytes(encoder.encode(body.value).length);
    const problem = notJson(body.value);
    const said = { empty: 'A message cannot be empty.', '': `Valid JSON · ${size}` };
    text(verdict, said[problem] ?? `Not JSON, which is fine if the function expects none: ${problem} · ${size}`);
    attribute(verdict, 'data-valid', problem === '');
    submit.disabled = problem === 'empty';
  }

  async function send(event) {
    event.preventDefault();
    const answer = await attempt(submit, () => post(queuePath(queue, 'send'), {
      body: body.value,
      group: group.input.value || null,
      deduplicationId: (deduplication && deduplication.input.value) || null,
      delaySeconds: delay && delay.input.value !== '' ? Number(delay.input.value) : null,
      attributes: attributes.value(),
    }));
    if (!answer) return;
    last.set(queue, body.value);
    node.close();
    say(`Sent as ${shortId(answer.messageId)}.`, { href: `#/messages/${answer.messageId}`, label: 'Follow it' });
    sent(answer.messageId);
  }
}

/** What keeps a text from being JSON; empty if nothing does. */
function notJson(value) {
  if (value === '') return 'empty';
  try {
    JSON.parse(value);
    return '';
  } catch (error) {
    return error.message;
  }
}

let fields = 0;

function field(label, note, properties = {}) {
  fields += 1;
  const input = el('input', { id: `field-${fields}`, type: 'text', autocomplete: 'off', ...properties });
  const node = el('div', { class: 'field' }, el('label', { for: input.id }, label), input, el('small', {}, note));
  return { node, input };
}
