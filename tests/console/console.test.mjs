// The console in a browser, end to end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser as launch, open, Stack } from './stack.mjs';

const ORDERS = 'lambda-queue-Orders';
const DEAD = 'lambda-queue-DeadOrders';
const WHY = 'the warehouse does not answer';

const stack = new Stack();
let browser;

before(async () => {
  await stack.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack.end();
});

/** Runs `steps` on a page, and demands that the page did nothing wrong meanwhile. */
async function on(hash, options, steps) {
  const page = await open(browser, stack, hash, options);
  await steps(page);
  assert.deepEqual(page.wrongs, []);
  await page.context().close();
}

const arrived = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();
const row = (page, id) => page.locator(`.message[data-id="${id}"]`);

test('a message is sent, fails, is dead-lettered with its reason, redriven, and completes', async () => {
  stack.breaks();
  await on('', {}, async (page) => {
    await page.getByRole('link', { name: 'from here' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Body').fill('{"order": 7}');
    await form.getByText('Valid JSON').waitFor();
    await form.getByRole('button', { name: 'Send' }).click();
    const follow = page.getByRole('link', { name: 'Follow it' });
    const id = (await follow.getAttribute('href')).split('/').at(-1);

    await page.getByRole('link', { name: 'DeadOrders' }).click();
    await arrived(page, DEAD);
    await row(page, id).getByText(WHY).waitFor();
    stack.isRepaired();
    await row(page, id).locator('.head').click();
    assert.match(await row(page, id).locator('pre').innerText(), /"order": 7/);
    await row(page, id).getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('Redriven as').waitFor();
    await row(page, id).waitFor({ state: 'detached' });
    await page.getByText('No dead letters.').waitFor();

    await page.getByRole('link', { name: 'Follow it' }).last().click();
    await page.getByText('Completed and deleted').last().waitFor();
    const told = await page.locator('.timeline strong').allInnerTexts();
    assert.deepEqual(told, [
      'Sent to Orders',
      'Received by Warehouse',
      'Failed in Warehouse',
      'Retried: received for the 2nd time by Warehouse',
      'Failed in Warehouse',
      'Dead-lettered to DeadOrders',
      'Redriven to Orders',
      'Received by Warehouse',
      'Warehouse processed it',
      'Completed and deleted',
    ]);
    assert.match(await page.locator('.timeline').innerText(), new RegExp(`${WHY}[^]*goes on as [0-9a-f-]{36}`));
  });
});

test('all of it can be done with the keyboard alone', async () => {
  await on('', {}, async (page) => {
    const { keyboard } = page;
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    await keyboard.press('Tab');
    assert.equal(await focused(), 'Skip to the content');
    await keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await keyboard.press('Escape');

    await page.locator('.lane').first().waitFor();
    await keyboard.press('1');
    await arrived(page, ORDERS);
    await keyboard.press('u');
    await page.locator('.overview').waitFor();
    await keyboard.press('/');
    await keyboard.type('Payments.fifo');
    await keyboard.press('Enter');
    await arrived(page, 'Payments.fifo');
    for (const body of ['first', 'second']) {
      await keyboard.press('s');
      await page.getByRole('dialog').waitFor();
      await keyboard.press('Control+a');
      await keyboard.type(body);
      await keyboard.press('Control+Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('.excerpt', { hasText: body }).waitFor();
    }
    const isOn = (body) => page.locator('.head:focus', { hasText: body }).waitFor();
    await keyboard.press('j');
    await isOn('first');
    await keyboard.press('j');
    await isOn('second');
    await keyboard.press('ArrowUp');
    await isOn('first');
    await keyboard.press('Enter');
    await page.locator('.details pre', { hasText: 'first' }).waitFor();
    await keyboard.press('m');
    await page.locator('.timeline', { hasText: 'Sent to Payments.fifo' }).waitFor();
    await keyboard.press('u');
    await arrived(page, 'Payments.fifo');
    await keyboard.press('h');
    await page.locator('.overview').waitFor();

    const id = await stack.send(DEAD, 'again');
    await keyboard.press('/');
    await keyboard.type('DeadOrders');
    await keyboard.press('Enter');
    await row(page, id).waitFor();
    await keyboard.press('j');
    await keyboard.press('r');
    await page.getByText('Redriven as').waitFor();
    await row(page, id).waitFor({ state: 'detached' });
  });
});

test('it is dark where the system is, or as it is told', async () => {
  const brightness = (page) =>
    page.evaluate(() => Math.max(...getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number)));
  await on('', { colorScheme: 'dark' }, async (page) => {
    assert.ok((await brightness(page)) < 60);
    await page.keyboard.press('t');
    assert.ok((await brightness(page)) > 200, 'light');
    await page.reload();
    assert.ok((await brightness(page)) > 200, 'light is remembered');
  });
});

test('a hostile message is text and nothing else', async () => {
  stack.breaks();
  const hostile = '{"name": "<img src=x onerror=alert(1)><script>alert(1)</script>"}';
  const id = await stack.send(DEAD, hostile);
  await on(`#/queues/${DEAD}`, {}, async (page) => {
    page.on('dialog', () => assert.fail('a script has run'));
    await row(page, id).locator('.head').click();
    assert.match(await row(page, id).locator('pre').innerText(), /<img src=x/);
    assert.equal(await page.locator('main img, main script').count(), 0);
    await row(page, id).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row(page, id).waitFor({ state: 'detached' });
  });
  stack.isRepaired();
});

test('all dead letters are redriven at once', async () => {
  stack.breaks();
  const bodies = ['one', 'two', 'three'];
  for (const body of bodies) await stack.send(ORDERS, body);
  await on('', {}, async (page) => {
    const letters = page.locator('.letters', { hasText: 'DeadOrders' });
    await letters.locator('.depth', { hasText: '3' }).waitFor();
    stack.isRepaired();
    await letters.getByRole('button', { name: 'Redrive all' }).click();
    await page.getByText('The messages of DeadOrders are on their way back.').waitFor();
    await letters.locator('.depth', { hasText: '0' }).waitFor();
    await page.locator('.feed', { hasText: 'Warehouse processed it' }).waitFor();
  });
  // And on the queue's own page, where there is nothing to redrive any more.
  await on(`#/queues/${DEAD}`, {}, async (page) => {
    await page.getByText('No dead letters.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Redrive all' }).isDisabled());
    stack.breaks();
    await stack.send(ORDERS, 'four');
    await page.locator('.excerpt', { hasText: 'four' }).waitFor();
    stack.isRepaired();
    await page.getByRole('button', { name: 'Redrive all' }).click();
    await page.getByText('No dead letters.').waitFor();
  });
  await on(`#/queues/${ORDERS}`, {}, (page) => page.getByText('Nothing is waiting.').waitFor());
});

test('a queue is purged once that is confirmed', async () => {
  for (const body of ['one', 'two']) await stack.send(DEAD, body);
  await on(`#/queues/${DEAD}`, {}, async (page) => {
    const question = page.getByRole('dialog', { name: 'Purge this queue?' });
    const purge = page.getByRole('button', { name: 'Purge…' });
    await page.locator('.excerpt', { hasText: 'two' }).waitFor();
    await purge.click();
    await question.getByText(`2 messages of ${DEAD} will be deleted`).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await page.locator('.message').count(), 2, 'it was asked only');
    await purge.click();
    await question.getByRole('button', { name: 'Purge' }).click();
    await page.getByText('Purged DeadOrders.').waitFor();
    await page.getByText('No dead letters.').waitFor();
  });
});

test('a mapping is switched off and on', async () => {
  await on('', {}, async (page) => {
    const toggle = page.getByRole('switch');
    await toggle.click();
    await page.getByText('mapping disabled').waitFor();
    assert.equal(await toggle.getAttribute('aria-checked'), 'false');
    await stack.send(ORDERS, 'waits');
    const lane = page.locator('.lane', { hasText: 'Warehouse' });
    await lane.getByText('1 waiting').waitFor();
    await toggle.click();
    await lane.getByText('of 4 running').waitFor();
    await lane.getByText('0 waiting').waitFor();
  });
});

test('nothing is wider than a narrow screen', async () => {
  const id = await stack.send(DEAD, JSON.stringify({ long: 'x'.repeat(3_000) }));
  for (const hash of ['', `#/queues/${ORDERS}`, `#/queues/${DEAD}`, `#/messages/${id}`]) {
    await on(hash, { viewport: { width: 400, height: 800 } }, async (page) => {
      await page.locator('.lane, .page-head').first().waitFor();
      if (hash.includes(DEAD)) await row(page, id).locator('.head').click();
      const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(surplus <= 0, `${hash}: ${surplus} px too wide`);
    });
  }
});

test('a lost connection is told, and found again', async () => {
  const page = await open(browser, stack);
  await page.getByText('live', { exact: true }).waitFor();
  await stack.stop();
  await page.getByText('Connection lost, retrying').waitFor();
  await stack.start(new URL(stack.console).port);
  await page.getByText('live', { exact: true }).waitFor();
  assert.equal(await page.getByText('Connection lost').count(), 0);
  await page.context().close();
});
