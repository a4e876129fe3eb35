// What is tested: the real command with a real function, and a browser that looks at it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = new URL('../..', import.meta.url).pathname;
const TEMPLATE = new URL('template.yaml', import.meta.url).pathname;

/** A running `lambda-queue local`, whose function fails while it is `broken`. */
export class Stack {
  #folder = mkdtempSync(join(tmpdir(), 'console-'));
  #process;

  async start(port = 0) {
    const run = ['run', '--quiet', '--package', 'lambda-queue-cli', '--', 'local'];
    const options = ['--port', port, '--template', TEMPLATE, '--parameter', `Broken=${this.#broken}`];
    this.#process = spawn('cargo', [...run, ...options.map(String)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    this.console = await new Promise((resolve, reject) => {
      let said = '';
      this.#process.stdout.on('data', (chunk) => {
        said += chunk;
        const found = /Watch it at (\S+)/.exec(said);
        if (found) resolve(found[1]);
      });
      this.#process.once('exit', () => reject(new Error(`lambda-queue local has ended after: ${said}`)));
    });
  }

  get #broken() {
    return join(this.#folder, 'broken');
  }

  breaks() {
    writeFileSync(this.#broken, '');
  }

  isRepaired() {
    rmSync(this.#broken, { force: true });
  }

  async send(queue, body) {
    const answer = await fetch(`${this.console}/api/queues/${queue}/send`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ body }),
    });
    return (await answer.json()).messageId;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }

  async end() {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

/** A browser without a window. */
export async function browser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = process.env.PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const executablePath = process.env.CHROMIUM ?? places.find(existsSync);
  if (!executablePath) throw new Error('no browser: install chromium, or name one in CHROMIUM');
  // Its sandbox does not work for root, whom containers run everything as.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

/** A page of the console. What it asks of others and complains about is gathered in `wrongs`. */
export async function open(browser, stack, hash = '', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.wrongs = [];
  page.on('console', (it) => ['error', 'warning'].includes(it.type()) && page.wrongs.push(it.text()));
  page.on('pageerror', (error) => page.wrongs.push(String(error)));
  page.on('request', (it) => it.url().startsWith(stack.console) || page.wrongs.push(`asked for ${it.url()}`));
  await page.goto(stack.console + hash);
  await page.locator('main h1').waitFor({ state: 'attached' });
  return page;
}
