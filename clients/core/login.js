/**
 * The ways in, and what a refused login means. What a session says first on a connection is made here.
 *
 * @typedef {object} How one of:
 * @property {string} [token] of the device, or of an invite
 * @property {string} [code] of the second factor, beside the token
 * @property {string | (() => Promise<string>)} [wechat] the code of wx.login, which is good once; better what gets one
 * @property {{token: string, handle: string, granted?: boolean, device?: string}} [dev]
 * @property {{device: string}} [desk] a name for this desk, which a phone lets in
 * @property {string} [device] a name for this device
 */
import {Refusal} from './refusal.js';

/**
 * What comes of a login that was refused.
 * 'again': after a while, the same; 'code': the second factor is asked for; 'token': the token is no good; 'ticket': another ticket; 'wechat': another
 * code of WeChat's; 'refused': no.
 * @param {Refusal} refusal
 * @param {How} how
 */
export function whatNow(refusal, how) {
	if (refusal.mayPass) return 'again';
	if (refusal.field === 'token.code') return 'code';
	if (refusal.status === 'UNAUTHENTICATED' && refusal.field === 'token.token') return 'token';
	if (refusal.status === 'UNAUTHENTICATED' && refusal.field === 'desk.ticket') return 'ticket';
	if (how.wechat instanceof Function && refusal.field.indexOf('wechat') === 0 && refusal.status === 'UNAUTHENTICATED') return 'wechat';
	return 'refused';
}

/** @typedef {{ticket: string, secret: string, number: number, until_ms: number}} Ticket */

/**
 * @param {How} how
 * @param {string} token that is kept on the device; '' if none
 * @param {Ticket | null} ticket
 * @param {string} wechatCode
 * @returns {import('./generated/frame.pb.js').LoginIn}
 */
export function loginBody(how, token, ticket, wechatCode) {
	if (token) return /** @type {any} */ ({token: {token, code: how.code ?? ''}});
	if (how.dev) return /** @type {any} */ ({dev: how.dev});
	if (how.desk) return /** @type {any} */ ({desk: {ticket: ticket?.ticket, secret: ticket?.secret}});
	return /** @type {any} */ ({wechat: {code: wechatCode, device: how.device ?? ''}});
}
