/** What there is to say of the connection, at the top of each screen. */
import {computed} from 'vue';
import {say, sayTime} from './language.js';
import {me, outbox} from './session.js';

/** @returns {import('vue').ComputedRef<string>} '' where all is well */
export function useNet() {
  return computed(() => {
    const {phase, since_ms, person} = me.value;
    if (phase !== 'offline' || !person) return '';
    const waiting = outbox.value.filter(({state}) => state !== 'refused').length;
    const said = since_ms ? say('net.stale', {time: sayTime(since_ms)}) : say('net.none');
    return waiting ? said + say('net.waiting', {n: waiting}) : said;
  });
}
