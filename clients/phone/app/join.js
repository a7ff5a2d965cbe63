/** Signing up: one tap, also without a network; a clash with another shift is asked about. */
import {reactive} from 'vue';
import {sayRefusal} from './language.js';
import {session} from './session.js';
import {askToBeTold} from './told.js';

export function useJoin() {
  const state = reactive({
    /** @type {Record<string, boolean>} under way, by call */
    busy: {},
    /** @type {Record<string, {number: number, state: string}>} what the hub answered, by call */
    answers: {},
    wrong: '',
    /** @type {object | null} what clashes, to be asked once more */
    clash: null,
  });

  /** @param {object} body of chain_join @returns {Promise<boolean>} whether it is done, or noted */
  async function join(body) {
    const told = askToBeTold(); // WeChat wants to be asked in the tap itself
    state.busy[body.call] = true;
    state.wrong = '';
    state.clash = null;
    try {
      const result = await session.ask('chain_join', body, {deferrable: true});
      if (result.number && !body.name && !body.person) state.answers[body.call] = {number: result.number, state: LINE_STATES[result.state] ?? ''};
      return true;
    } catch (refusal) {
      if (refusal.status === 'CLASH') state.clash = body;
      else if (refusal.status !== 'ALREADY' || body.name) state.wrong = sayRefusal(refusal);
      return false;
    } finally {
      state.busy[body.call] = false;
      await told;
    }
  }

  return {state, join, joinAnyway: () => join({...state.clash, despite_clash: true})};
}

const LINE_STATES = ['', 'CONFIRMED', 'WAITING', 'STRUCK', 'OFFERED']; // LineState
