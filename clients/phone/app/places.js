/** The names of places by their codes, asked once. */
import {ref, watch} from 'vue';
import {session} from './session.js';

const GRID_DIGITS = 15;

/** @type {Map<string, Promise<string[]>>} */
const paths = new Map();

/** @param {string} code @returns {Promise<string[]>} the names from the province down */
export function pathOf(code) {
  if (!paths.has(code)) {
    const asked = session.ask('place_show', {place: code}).then(({path}) => path.map(({name}) => name));
    asked.catch(() => paths.delete(code));
    paths.set(code, asked);
  }
  return paths.get(code);
}

/**
 * @param {() => string} code
 * @param {number} [last] how many names, from below
 * @returns {import('vue').Ref<string>} the code itself as long as the name is not known
 */
export function usePlaceName(code, last = 2) {
  const name = ref('');
  watch(code, async (asked) => {
    name.value = asked;
    if (!asked) return;
    try {
      const path = await pathOf(asked);
      if (asked === code()) name.value = path.slice(-last).join(' ');
    } catch {
      // the code stays
    }
  }, {immediate: true});
  return name;
}

const POSTING = ['WORKER', 'SECRETARY', 'SUPERVISOR'];

/**
 * The places that somebody has to do with: where he lives, where he works, and where he may call.
 * @param {import('../../core/session.js').SessionState} me
 * @returns {string[]} codes, without repeats
 */
export function homesOf({registration, place, work, grants}) {
  const lives = registration === 'REGISTERED' ? [place, work].map((code) => code.slice(0, GRID_DIGITS)) : [];
  const calls = grants.filter(({role}) => POSTING.includes(role)).map((grant) => grant.place);
  return [...new Set([...lives, ...calls])].filter(Boolean);
}
