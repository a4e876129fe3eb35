// What is tested: the real command with a real function, and a browser that looks at it.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = new URL('../..', import.meta.url).pathname;
const COMMAND = build();
const TEMPLATE = new URL('template.yaml', import.meta.url).pathname;

/** Builds the command, and tells where it is. */
function build() {
  const build = ['build', '--quiet', '--bin', 'lambda-queue', '--message-format', 'json'];
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'] };
  const messages = execFileSync('cargo', build, options).trim().split('\n').map((it) => JSON.parse(it));
  return messages.find((it) => it.executable).executable;
}

/** A running `lambda-queue local`, whose function fails while it is `broken`. */
export class Stack {
  #folder = mkdtempSync(join(tmpdir(), 'console-'));
  #process;

  async start(port = 0) {
    const options = ['local', '--port', port, '--template', TEMPLATE, '--parameter', `Broken=${this.#broken}`];
    // Where the command is: the function's own folder is no place for what is built.
    const env = { ...process.env, CARGO_TARGET_DIR: join(dirname(dirname(COMMAND)), 'console-test') };
    this.#process = spawn(COMMAND, options.map(String), { env, stdio: ['ignore', 'pipe', 'inherit'] });
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
