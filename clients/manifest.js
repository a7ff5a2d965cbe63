#!/usr/bin/env node
/**
 * Says what of the built pages the hub serves, and where: `node manifest.js [FOLDER]`, build/www beside this one unless named.
 *
 * FOLDER/phone and FOLDER/board are as they were built. Each file gets a place in FOLDER/manifest.json (backend/net/files.h says
 * what is in it) and, where it becomes smaller by that, a compressed one beside it, FILE.gz. The phone's index is at `/`, the
 * board's at `/board/`, all else below the name of its folder; what browsers ask for by a fixed name is at the top, too.
 */
import {existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

/** What is served, by the end of its name. A text is in UTF-8. */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const compressible = new Set(['.css', '.html', '.ico', '.js', '.json', '.svg', '.txt', '.webmanifest']);

/** Built for who looks for faults, and not to be given away. */
const left = new Set(['.map', '.gz']);

/** What a browser asks for at the top of a host, whatever page it is on, and what it is given: the first of these that is there. */
const atTop = {
  '/favicon.ico': ['phone/favicon.ico', 'phone/icon.svg', 'board/favicon.ico', 'board/icon.svg'],
  '/apple-touch-icon.png': ['phone/apple-touch-icon.png', 'board/apple-touch-icon.png'],
  '/robots.txt': ['phone/robots.txt', 'board/robots.txt'],
};

const folders = ['phone', 'board'];

/** @param {string} sentence  @returns {never} */
function fail(sentence) {
  console.error(`manifest: ${sentence}`);
  process.exit(1);
}

/** The names of all files under a folder, relative to `root`, in one order everywhere. @returns {string[]} */
function walk(root, folder) {
  return readdirSync(join(root, folder), {withFileTypes: true})
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(root, name) : [name];
    });
}

/** Whether a name has the hash of its content in it, as builders put it there: `name-HASH.js`, `name.HASH.css`. */
function isHashed(name) {
  const hash = /\/assets\/[^/]*[-.]([\w-]{8,})\.\w+$/.exec(name)?.[1];
  return hash !== undefined && /[0-9A-Z]/.test(hash); // a word of eight small letters is a word
}

/** Where a file is served. @param {string} name  @param {string[]} names all there are  @returns {string[]} */
function pathsOf(name, names) {
  if (name === 'phone/index.html') return ['/'];
  if (name === 'board/index.html') return ['/board/'];
  const tops = Object.keys(atTop).filter((path) => atTop[path].find((candidate) => names.includes(candidate)) === name);
  return [`/${name}`, ...tops];
}

/** Writes or removes the compressed one beside it. @returns {number} its size; 0: it is not worth while */
function compress(root, name, bytes) {
  const beside = join(root, `${name}.gz`);
  const compressed = compressible.has(extname(name)) ? gzipSync(bytes, {level: 9}) : bytes;
  if (compressed.length < bytes.length) {
    writeFileSync(beside, compressed);
    return compressed.length;
  }
  rmSync(beside, {force: true});
  return 0;
}

/** The entries of one file in the manifest: one for each place where it is served. */
function entriesOf(root, name, names) {
  const type = types[extname(name)];
  if (!type) fail(`${name}: no type is known for '${extname(name)}'; add it to manifest.js`);
  if (!/^[\w.-]+(\/[\w-][\w.-]*)*$/.test(name)) fail(`${name}: only letters, digits, '-', '_' and '.' may be in a name`);
  const bytes = readFileSync(join(root, name));
  const gzip = compress(root, name, bytes);
  return pathsOf(name, names).map((path) => ({path, file: name, type, immutable: isHashed(name), bytes: bytes.length, gzip}));
}

function main(root) {
  const built = folders.filter((folder) => existsSync(join(root, folder)));
  if (!built.length) fail(`${root}: neither phone nor board is there; build them first`);
  const names = built.flatMap((folder) => walk(root, folder)).filter((name) => !left.has(extname(name)));
  const files = names.flatMap((name) => entriesOf(root, name, names));
  const lines = files.map((file) => `  ${JSON.stringify(file)}`).join(',\n');
  const fresh = join(root, 'manifest.json.new');
  writeFileSync(fresh, `{"files": [\n${lines}\n]}\n`);
  renameSync(fresh, join(root, 'manifest.json'));
  const sum = (/** @type {(file: typeof files[0]) => number} */ size) => files.reduce((all, file) => all + size(file), 0);
  console.log(`manifest: ${files.length} files, ${sum((f) => f.bytes)} bytes, ${sum((f) => f.gzip || f.bytes)} compressed`);
}

main(process.argv[2] ?? fileURLToPath(new URL('../build/www', import.meta.url)));
