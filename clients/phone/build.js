/**
 * Builds the phone with uni-app: `node phone/build.js h5` into build/www/phone, `… mp-weixin` into build/mp-weixin; and `… sheet`, the
 * components in all their states (clients/design), into build/sheet.
 * uni-app takes its folders from the environment and looks for package.json where it is started.
 */
import {spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const TARGETS = {
  h5: {platform: 'h5', source: 'phone', output: 'www/phone'},
  'mp-weixin': {platform: 'mp-weixin', source: 'phone', output: 'mp-weixin'},
  sheet: {platform: 'h5', source: 'design', output: 'sheet'},
};

const clients = fileURLToPath(new URL('..', import.meta.url));
const target = process.argv[2];
if (!(target in TARGETS)) {
  console.error(`build: usage: build.js ${Object.keys(TARGETS).join(' | ')}`);
  process.exit(2);
}

const {platform, source, output: under} = TARGETS[target];
const folder = join(clients, source);
const output = join(process.env.BUILD ?? join(clients, '..', 'build'), under);
const uni = join(dirname(createRequire(import.meta.url).resolve('@dcloudio/vite-plugin-uni/package.json')), 'bin', 'uni.js');
rmSync(output, {recursive: true, force: true});
const done = spawnSync(process.execPath, [uni, 'build', '-p', platform, '--config', join(clients, 'phone', 'vite.config.js')], {
  cwd: clients,
  stdio: 'inherit',
  env: {...process.env, VITE_ROOT_DIR: folder, UNI_INPUT_DIR: folder, UNI_OUTPUT_DIR: output},
});
process.exit(done.status ?? 1);
