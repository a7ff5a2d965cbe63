/** Frames in bytes. What the protocol says of them stands in proto/README.md. */
import {PbfReader, PbfWriter} from 'pbf';
import {readFrame, writeFrame} from './generated/frame.pb.js';

/** A message to the hub takes no more. */
export const FRAME_MAX_BYTES = 16384;
export const FRAME_MAX_REQUESTS = 32;

/** @param {import('./generated/frame.pb.js').FrameIn} frame @returns {Uint8Array} */
export function encodeFrame(frame) {
	const writer = new PbfWriter();
	writeFrame(frame, writer);
	return writer.finish().slice(); // of its own buffer: a mini-program sends whole buffers
}

/** @param {Uint8Array} bytes */
export function decodeFrame(bytes) {
	return readFrame(new PbfReader(bytes));
}

/** Encoded frames put one behind the other are a frame again. @param {Uint8Array[]} pieces */
export function joinFrames(pieces) {
	const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
	let at = 0;
	for (const piece of pieces) {
		whole.set(piece, at);
		at += piece.length;
	}
	return whole;
}
