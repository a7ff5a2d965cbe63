/** The words of the protocol's enums without their prefixes: STATUS_FULL is 'FULL'. */
import {Status, RegistrationState, LineState, CallState, Role} from './generated/frame.pb.js';

/**
 * @param {Record<string, number>} values of an enum
 * @param {string} prefix 'STATUS_'
 * @returns {(value: number) => string}
 */
function namer(values, prefix) {
	/** @type {Record<number, string>} */
	const names = {};
	for (const key of Object.keys(values)) names[values[key]] = key.slice(prefix.length);
	return (value) => names[value] ?? 'UNSPECIFIED';
}

export const statusName = namer(Status, 'STATUS_');
export const registrationName = namer(RegistrationState, 'REGISTRATION_STATE_');
export const lineStateName = namer(LineState, 'LINE_STATE_');
export const callStateName = namer(CallState, 'CALL_STATE_');
export const roleName = namer(Role, 'ROLE_');
