// Requests to the console's API; refusals become errors with the server's words.

const ROOT = '/_console/api';

export const get = (path) => ask(path, { headers: { Accept: 'application/json' } });

export const post = (path, value = {}) =>
  ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });

export const queuePath = (name, action) =>
  `/queues/${encodeURIComponent(name)}${action ? `/${action}` : ''}`;

export const eventsUrl = `${ROOT}/events`;

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(ROOT + path, options);
  } catch {
    throw new Error('lambda-queue does not answer. Has it been stopped?');
  }
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(value.error ?? value.message ?? `the answer was ${answer.status}`);
    error.status = answer.status;
    throw error;
  }
  return value;
}
