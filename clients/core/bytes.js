/** Ids of requests and their bytes, without TextEncoder, BigInt or crypto, which a mini-program lacks. */

/**
 * A UUID version 7 (RFC 9562): 48 bits of time, the rest by chance.
 * @param {number} now_ms by the hub's clock
 * @param {() => number} random from 0 to below 1
 */
export function uuid7(now_ms, random) {
	const bytes = new Uint8Array(16);
	let time = Math.floor(now_ms);
	for (let i = 5; i >= 0; i--) {
		bytes[i] = time % 256;
		time = Math.floor(time / 256);
	}
	for (let i = 6; i < 16; i++) bytes[i] = Math.floor(random() * 256);
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	return bytes;
}

/** @param {Uint8Array} uuid @returns {number} the moment in it */
export function uuidTime(uuid) {
	let time = 0;
	for (let i = 0; i < 6; i++) time = time * 256 + uuid[i];
	return time;
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
	let text = '';
	for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
	return text;
}

/** @param {string} text an even number of hexadecimal digits */
export function fromHex(text) {
	const bytes = new Uint8Array(text.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

/** How many bytes a text takes in UTF-8. @param {string} text */
export function utf8Length(text) {
	let length = 0;
	for (const char of text) {
		const code = /** @type {number} */ (char.codePointAt(0));
		length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	}
	return length;
}

/** How many characters the hub counts: code points. @param {string} text */
export function characters(text) {
	return [...text].length;
}
