/**
 * The hub said no; or nothing was asked, for there is no network ('OFFLINE') or one logged out ('SIGNED_OUT').
 * text/say.js has the sentence for it.
 */
export class Refusal extends Error {
	/**
	 * @param {string} status as in frame.proto without its prefix: 'FULL'
	 * @param {string} field what it is about: 'limit', 'rows[17].name'; or ''
	 * @param {number} retryAfterMs
	 * @param {string} verb that was asked
	 * @param {any} result with ALREADY: how it is
	 */
	constructor(status, field = '', retryAfterMs = 0, verb = '', result = undefined) {
		super(`${verb} ${status} ${field}`.trim());
		this.name = 'Refusal';
		this.status = status;
		this.field = field;
		this.retryAfterMs = retryAfterMs;
		this.verb = verb;
		this.result = result;
	}

	/** Of which nothing else is known than that it may go well later. */
	get mayPass() {
		return (this.status === 'BUSY' || this.status === 'UNAVAILABLE') && this.field !== 'wechat' && this.field !== 'token.code';
	}
}
