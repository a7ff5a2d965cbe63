/**
 * A world for a test: a hub for development with a Redis of its own, in a folder of its own, and people who come to it by the core. Tests wait
 * for conditions by until().
 */
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createSession} from '../../../clients/core/session.js';

const {WebSocket} = createRequire(new URL('../../../clients/package.json', import.meta.url))('ws');

export const GRID = '140105007004001';
export const OTHER_GRID = '140105007004002';
export const BUILDING = '140105007004001001';
export const COMMUNITY = '140105007004';
export const STREET = '140105007';
export const CITY = '1401';
const PLACES = {14: '山西省', 1401: '太原市', 140105: '小店区', [STREET]: '坞城街道', [COMMUNITY]: '山大社区', [GRID]: '第一网格', [OTHER_GRID]: '第二网格', [BUILDING]: '一号楼'};

const PATIENCE_MS = 20000;

function binary(name) {
	if (!process.env[name]) throw new Error(`${name} is not in the environment: run the tests by ./run test core`);
	return process.env[name];
}

/** Waits until it holds. @template T @param {() => T} condition @param {string} what @returns {Promise<T>} */
export async function until(condition, what) {
	const start = Date.now();
	for (;;) {
		const found = condition();
		if (found) return found;
		if (Date.now() - start > PATIENCE_MS) throw new Error(`waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

/** localStorage, for a test. */
export function createStorage() {
	const map = new Map();
	return {map, get: (key) => map.get(key) ?? null, set: (key, value) => void map.set(key, value), remove: (key) => void map.delete(key)};
}

/** The network of one device, which may be off. */
export function createNetwork() {
	const sockets = new Set();
	const network = {
		isOn: true,
		opened: 0,
		/** @type {(bytes: Uint8Array) => void} what is sent */
		onsend() {},
		openSocket(url, {onopen, onmessage, onclose}) {
			if (!network.isOn) {
				setTimeout(() => onclose({code: 1006, reason: ''}));
				return {send() {}, close() {}};
			}
			network.opened++;
			const socket = new WebSocket(url, ['gridvanguard.v1'], {perMessageDeflate: false});
			socket.binaryType = 'nodebuffer';
			socket.on('open', onopen);
			socket.on('message', (data) => onmessage(new Uint8Array(data)));
			socket.on('error', () => {});
			socket.on('close', (code, reason) => {
				sockets.delete(socket);
				onclose({code, reason: String(reason)});
			});
			sockets.add(socket);
			return {
				send(bytes) {
					network.onsend(bytes);
					socket.send(bytes);
				},
				close: (code) => socket.close(code),
			};
		},
		/** Cuts what there is; nothing more comes or goes until on(). */
		off() {
			network.isOn = false;
			for (const socket of sockets) socket.terminate();
		},
		on() {
			network.isOn = true;
		},
	};
	return network;
}

export class World {
	constructor() {
		const root = process.env.TEST_FOLDER ?? tmpdir();
		mkdirSync(root, {recursive: true});
		this.folder = mkdtempSync(join(root, 'core-'));
		this.address = '127.0.0.1:0';
		this.sessions = [];
	}

	/** @param {string[]} flags of the hub */
	static async create(...flags) {
		const world = new World();
		world.flags = flags;
		await world.startHub();
		const worker = await world.person('worker');
		for (const [code, name] of Object.entries(PLACES).sort(([a], [b]) => a.length - b.length)) {
			await worker.ask('place_import', {rows: [{code, name}]});
		}
		return world;
	}

	async startHub() {
		const listen = join(this.folder, 'listen');
		rmSync(listen, {force: true});
		const log = openSync(join(this.folder, 'hub.log'), 'a');
		this.hub = spawn(binary('GRIDHUB'), ['--dev', '--data', this.folder, '--listen', this.address, '--person-budget', '1000000', '--address-budget', '1000000', ...this.flags], {stdio: ['ignore', log, log]});
		this.hub.on('exit', () => (this.hub = null));
		await until(() => {
			if (!this.hub) throw new Error(`the hub ended:\n${readFileSync(join(this.folder, 'hub.log'), 'utf8').slice(-2000)}`);
			return existsSync(listen) && readFileSync(listen, 'utf8').trim();
		}, 'the hub to serve');
		this.address = readFileSync(listen, 'utf8').trim();
	}

	/** @param {'SIGTERM' | 'SIGKILL'} signal */
	async endHub(signal) {
		this.hub?.kill(signal);
		await until(() => !this.hub, 'the hub to end');
	}

	get devToken() {
		return readFileSync(join(this.folder, 'dev.token'), 'utf8').trim();
	}

	gridctl(...args) {
		return execFileSync(binary('GRIDCTL'), [...args, '--data', this.folder], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
	}

	/** A session on a device, not logged in. @param {object} [device] */
	session({storage = createStorage(), network = createNetwork(), ...others} = {}) {
		const session = createSession({url: `ws://${this.address}/`, openSocket: network.openSocket, storage, ...others});
		session.storage = storage;
		session.network = network;
		this.sessions.push(session);
		return session;
	}

	/** Somebody who is logged in. @param {string} handle @param {object} [how] @param {object} [device] */
	async person(handle, how = {}, device = {}) {
		const session = this.session(device);
		session.logIn({dev: {token: this.devToken, handle, ...how}});
		await until(() => session.state.phase === 'online', `${handle} to be let in`);
		return session;
	}

	/** Somebody who is registered in the grid, with no more rights than that; his device has a token. @param {string} handle */
	async member(handle, place = GRID, device = {}) {
		const session = await this.person(handle, {granted: true, device: 'phone'}, device);
		await session.ask('consent_give', {version: session.state.policy});
		await until(() => session.state.phase === 'online' && session.state.consent === session.state.policy, 'the consent');
		const {state} = await session.ask('member_register', {place, name: handle});
		if (state === 2) {
			const worker = await this.person(`admits-${handle}`);
			const {pending} = await worker.ask('pending_list', {place, count: 50});
			const one = pending.find(({person}) => person === session.state.person);
			await worker.ask('pending_decide', {person: one.person, place, accept: true, asked_ms: one.asked_ms, what: one.what});
			worker.stop();
			session.refresh();
		}
		await until(() => session.state.phase === 'online' && session.state.registration === 'REGISTERED', `${handle} to be registered`);
		return session;
	}

	async end() {
		for (const session of this.sessions) session.stop();
		await this.endHub('SIGTERM');
		rmSync(this.folder, {recursive: true, force: true});
	}
}

/** A call that somebody posts. @param {import('../../../clients/core/session.js').Session} session */
export async function postCall(session, fields = {}) {
	const {call} = await session.ask('call_post', {place: GRID, title: '发放抗原检测试剂', need: 2, limit: 0, deadline_ms: session.hubNow() + 3600000, ...fields});
	return call;
}
