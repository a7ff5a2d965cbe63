/** What is to be known of a verb before it is asked. tests/core holds these against the proto and the hub's own tables. */

/** Those that change something, and take a `once`. */
export const CHANGES = new Set(
	('place_import member_register member_move member_leave phone_bind member_correct pending_decide call_post call_close call_reopen ' +
		'call_cancel call_edit call_thank chain_join chain_withdraw chain_confirm chain_check roster_import roster_remove template_save ' +
		'template_remove grant_give grant_take consent_give person_erase device_revoke invite_give factor_begin factor_confirm ' +
		'factor_remove desk_confirm subscribe_tell').split(' '),
);

/** Those that may wait on the device until there is a network: what a member and a worker at the door do. */
export const DEFERRABLE = new Set(['chain_join', 'chain_withdraw', 'chain_check']);

/** Those after which one's own login says something else. */
export const OWN = new Set(['member_register', 'member_move', 'member_leave', 'member_correct', 'phone_bind', 'consent_give']);
