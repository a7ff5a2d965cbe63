/**
 * A real hub with an empty data folder, the places of two grids, and people who were invited: `const world = await openWorld()`. Its pages
 * are those of build/www. The programs are taken from $GRIDVANGUARD_PROGRAMS, or build/.
 */
import {execFile, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const top = fileURLToPath(new URL('../../../', import.meta.url));
const programs = process.env.GRIDVANGUARD_PROGRAMS ?? join(top, 'build');
const www = process.env.GRIDVANGUARD_WWW ?? join(top, 'build', 'www');
const require = createRequire(join(top, 'clients', 'package.json'));
const run = promisify(execFile);

export const {chromium} = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const COMMUNITY = '140105007004';
export const GRID = '140105007004002';
export const OTHER_GRID = '140105007004001';

const PLACES = `code,name
14,山西省
1401,太原市
140105,小店区
140105007,龙城街道
140105007004,西吴社区
140105007004001,西吴社区第一网格
140105007004002,西吴社区第二网格
140105007004002001,1号楼
140105007004002002,2号楼
`;

const PATIENCE_MS = 20000;

/** Looks again until it is so. @template T @param {string} what @param {() => Promise<T> | T} look @returns {Promise<T>} */
export async function until(what, look) {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** What a file says; '' as long as there is none. @param {string} path */
function fileSays(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

class World {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'gv-'));
    this.listen = '127.0.0.1:0';
  }

  async startHub() {
    rmSync(join(this.folder, 'listen'), {force: true});
    this.hub = spawn(join(programs, 'gridhub'), ['--dev', '--data', this.folder, '--listen', this.listen, '--www', www], {stdio: ['ignore', 'ignore', 'pipe']});
    this.log = '';
    this.hub.stderr.on('data', (bytes) => (this.log += bytes));
    await until('the hub', () => {
      if (this.hub.exitCode !== null) throw new Error(`the hub ended: ${this.log}`);
      return fileSays(join(this.folder, 'listen'));
    });
    this.listen = fileSays(join(this.folder, 'listen')); // the same address, should it be started again
    this.base = `http://${this.listen}`;
  }

  async stopHub() {
    const ended = new Promise((resolve) => this.hub.once('exit', resolve));
    this.hub.kill();
    await ended;
  }

  /** gridctl, by somebody's development login. @returns {Promise<any[]>} what it says, object by object */
  async ctl(handle, ...words) {
    const {stdout} = await run(join(programs, 'gridctl'), [...words, '--data', this.folder, '--as', handle, '--json', '--lang', 'en']);
    return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  async importPlaces() {
    const file = join(this.folder, 'places.csv');
    writeFileSync(file, PLACES);
    await this.ctl('setup', 'place', 'import', file);
  }

  /** Somebody new, who lives there. @returns {Promise<{token: string, person: string}>} the token is good once */
  async invite(name, place = GRID, ...flags) {
    return (await this.ctl('setup', 'invite', name, place, ...flags))[0];
  }

  /** The same, with a role. */
  async inviteAs(role, name, place = GRID, at = place) {
    const one = await this.invite(name, place);
    await this.ctl('setup', 'role', 'give', one.person, role, at);
    return one;
  }

  /** An invite's link, as it is sent to somebody. */
  link({token}) {
    return `${this.base}/#/invite/${token}`;
  }

  async post(handle = 'setup', place = GRID, ...flags) {
    const [{call}] = await this.ctl(handle, 'call', 'post', place, '--title', '紧急招募志愿者发放抗原检测试剂', '--body', '请在群里接龙。', '--meeting', '社区大院',
      '--deadline', '+4h', ...flags);
    return call;
  }

  async close() {
    await this.browser?.close();
    await this.stopHub();
    rmSync(this.folder, {recursive: true, force: true});
  }

  /**
   * A phone of its own: a context with its own storage, and its page. What goes wrong in the page is in `faults`.
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  async phone(options = {}) {
    this.browser ??= await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium'});
    const context = await this.browser.newContext({viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true, locale: 'zh-CN', ...options});
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.faults = [];
    page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
    page.on('pageerror', (error) => page.faults.push(String(error.stack)));
    return page;
  }

  /** A phone on which somebody is in. */
  async phoneOf(invite, options) {
    const page = await this.phone(options);
    await page.goto(this.link(invite));
    await page.locator('.tab-on').first().waitFor();
    return page;
  }
}

export async function openWorld() {
  const world = new World();
  await world.startHub();
  await world.importPlaces();
  return world;
}

/** What axe finds that is serious, each as one line. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function seriousFindings(page) {
  await page.evaluate(axeSource); // not as a script of the page, which its policy forbids
  const {violations} = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({impact}) => ['serious', 'critical'].includes(impact))
    .flatMap(({id, nodes}) => nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`));
}
