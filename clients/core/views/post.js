/** Posting a call, or changing one: a draft, the templates of the place, and the templates one saves. */
import {Refusal} from '../refusal.js';
import {View} from './view.js';
import {draftOf, emptyDraft, problemsOf} from './draft.js';

/**
 * @typedef {import('./draft.js').Draft} Draft
 * @typedef {object} PostState
 * @property {Draft} draft
 * @property {string[]} problems the fields that are not right yet, as the hub names them; [] means that it can be sent
 * @property {{place: string, name: string}[]} templates for who posts there
 * @property {boolean} sending
 * @property {string} posted the id of the call that was posted or changed, or ''
 * @property {{status: string, field: string, verb: string} | null} refused why the hub did not take it; `field` says where
 */

/** @extends {View<PostState>} */
class PostView extends View {
	/** @param {import('../session.js').Session} session @param {string} place @param {import('../generated/frame.pb.js').Call | null} call to be changed */
	constructor(session, place, call) {
		const draft = call ? draftOf(call) : emptyDraft(place);
		super(session, {draft, problems: problemsOf(draft, session.hubNow()), templates: [], sending: false, posted: '', refused: null});
		this.call = call;
		this.draft = draft;
		/** @type {{place: string, name: string}[]} */
		this.templates = [];
	}

	async load() {
		if (this.draft.place && this.session.can('template_list', this.draft.place)) {
			await this.ask('template_list', {place: this.draft.place}, {apply: ({templates}) => (this.templates = templates)});
		}
	}

	render() {
		return {draft: this.draft, problems: problemsOf(this.draft, this.session.hubNow()), templates: this.templates.map(({place, name}) => ({place, name}))};
	}

	/** @param {Partial<Draft>} fields */
	edit(fields) {
		const isElsewhere = fields.place !== undefined && fields.place !== this.draft.place;
		this.draft = {...this.draft, ...fields};
		this.store.set({refused: null, posted: ''});
		if (isElsewhere) this.reload();
		this.changed();
	}

	/** Takes what a template says; place and times stay as they are. @param {string} name */
	async use(name) {
		const {templates} = await this.ask('template_list', {place: this.draft.place, name});
		const call = templates[0]?.call;
		if (!call) throw new Refusal('NOT_FOUND', 'name', 0, 'template_list');
		const {place, deadline_ms, starts_ms, ends_ms} = this.draft;
		this.draft = {...draftOf(call), place, deadline_ms, starts_ms, ends_ms};
		this.changed();
	}

	/** Keeps the draft as a template for the place and what lies below. @param {string} name @param {string} [place] */
	async saveAs(name, place = this.draft.place) {
		await this.session.ask('template_save', {place, name, call: this.draft});
		this.reload();
	}

	/** @param {{place: string, name: string}} template */
	async remove({place, name}) {
		await this.session.ask('template_remove', {place, name});
		this.reload();
	}

	/**
	 * Posts it, or changes the call; once, however often it is tapped meanwhile.
	 * @param {{demote?: boolean}} [options] with a change to a lower limit: move the last into the queue
	 * @returns {Promise<string>} the call's id, or '' if it was not done: `problems` or `refused` says why
	 */
	async send({demote = false} = {}) {
		if (this.state.sending || problemsOf(this.draft, this.session.hubNow()).length > 0) return '';
		this.store.set({sending: true, refused: null});
		try {
			const posted = this.call ? await this._change(this.call, demote) : (await this.session.ask('call_post', this.draft)).call;
			this.store.set({posted});
			return posted;
		} catch (refusal) {
			if (!(refusal instanceof Refusal)) throw refusal;
			this.store.set({refused: {status: refusal.status, field: refusal.field, verb: refusal.verb}});
			return '';
		} finally {
			this.store.set({sending: false});
		}
	}

	/** @param {import('../generated/frame.pb.js').Call} call @param {boolean} demote */
	async _change(call, demote) {
		await this.session.ask('call_edit', {call: call.id, version: call.version, demote, to: this.draft});
		return call.id;
	}
}

/**
 * @param {import('../session.js').Session} session
 * @param {{place?: string, call?: import('../generated/frame.pb.js').Call | null}} [options] a call as it was seen, to be changed
 */
export function createPostView(session, {place = session.state.place.slice(0, 15), call = null} = {}) {
	return new PostView(session, call?.place ?? place, call);
}
