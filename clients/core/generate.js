/**
 * Makes the codec of the protocol from proto/: generated/frame.pb.js (read and write functions, by pbf) and frame.pb.d.ts (its types).
 * `npm run generate`; with `--if-changed` only when a proto file is newer than what there is.
 */
import {mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {compileRaw} from 'pbf/compile';
import parse from 'protocol-buffers-schema';

const FROM = new URL('../../proto/gridvanguard/v1/', import.meta.url);
const TO = new URL('./generated/', import.meta.url);
const NUMBERS = ['uint32', 'uint64', 'int32', 'int64', 'sint32', 'sint64', 'double', 'float'];

/** All proto files as one schema: they are of one package, and their names are unique in it. */
function readSchema() {
	const whole = {syntax: 3, package: null, imports: [], enums: [], messages: [], options: {}, extends: []};
	for (const name of protoFiles()) {
		const text = readFileSync(new URL(name, FROM), 'utf8');
		const one = parse(text);
		if (/^\s*optional\b/m.test(text)) throw new Error(`${name}: optional has no place in the codec`); // the parser drops the word
		if (one.syntax !== 3) throw new Error(`${name}: not proto3`);
		whole.enums.push(...one.enums);
		whole.messages.push(...one.messages);
	}
	return whole;
}

function protoFiles() {
	return readdirSync(FROM).filter((name) => name.endsWith('.proto')).sort();
}

/** The codec has no presence of scalars: it writes a field only if it is not 0, '' or false. */
function refuseWhatHasNoPlace(schema) {
	const messages = new Set(schema.messages.map(({name}) => name));
	for (const {name, fields} of schema.messages) {
		for (const field of fields) {
			if (!field.oneof || messages.has(field.type)) continue;
			throw new Error(`${name}.${field.name}: a scalar in a oneof has no place in the codec`);
		}
	}
}

function typeOf(field) {
	const one = NUMBERS.includes(field.type) ? 'number'
		: field.type === 'string' ? 'string'
		: field.type === 'bool' ? 'boolean'
		: field.type === 'bytes' ? 'Uint8Array'
		: field.type;
	return field.repeated ? `${one}[]` : one;
}

/** As read: all fields are there, messages that were not sent are undefined. As written (`In`): any may be left out. */
function declarations(schema) {
	const messages = new Set(schema.messages.map(({name}) => name));
	const lines = ['// made by generate.js from proto/', "import type {PbfReader, PbfWriter} from 'pbf';"];
	for (const {name, values} of schema.enums) {
		lines.push(`export type ${name} = ${Object.values(values).map(({value}) => value).join(' | ')};`);
		lines.push(`export const ${name}: {${Object.entries(values).map(([key, {value}]) => `readonly ${key}: ${value}`).join(', ')}};`);
	}
	for (const {name, fields} of schema.messages) {
		const choices = [...new Set(fields.map(({oneof}) => oneof).filter(Boolean))];
		const read = fields.map((field) => `${field.name}${!field.repeated && (messages.has(field.type) || field.type === 'bytes') ? '?' : ''}: ${typeOf(field)}`);
		read.push(...choices.map((oneof) => `${oneof}?: ${fields.filter((field) => field.oneof === oneof).map((field) => `'${field.name}'`).join(' | ')}`));
		const written = fields.map((field) => `${field.name}?: ${typeOf(field).replace(field.type, messages.has(field.type) ? `${field.type}In` : field.type)}`);
		lines.push(`export interface ${name} {${read.join('; ')}}`, `export interface ${name}In {${written.join('; ')}}`);
		lines.push(`export function read${name}(pbf: PbfReader, end?: number): ${name};`, `export function write${name}(obj: ${name}In, pbf: PbfWriter): void;`);
	}
	return `${lines.join('\n')}\n`;
}

function isFresh() {
	const made = ['frame.pb.js', 'frame.pb.d.ts'].map((name) => statSync(new URL(name, TO), {throwIfNoEntry: false})?.mtimeMs ?? 0);
	const sources = [...protoFiles().map((name) => new URL(name, FROM)), new URL(import.meta.url)].map((url) => statSync(url).mtimeMs);
	return Math.min(...made) > Math.max(...sources);
}

if (!process.argv.includes('--if-changed') || !isFresh()) {
	const schema = readSchema();
	refuseWhatHasNoPlace(schema);
	mkdirSync(TO, {recursive: true});
	writeFileSync(new URL('frame.pb.d.ts', TO), declarations(schema));
	writeFileSync(new URL('frame.pb.js', TO), compileRaw(schema));
}
