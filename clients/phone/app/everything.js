/** All that the hub holds of oneself: what it says in one answer, one's sign-ups with what one wrote on them, and who looked. */
import {session} from './session.js';

const PAGE = 100;
const LOGS = 16; // partitions of the audit log

async function allSignUps() {
  const all = [];
  for (let before_ms = 0; ;) {
    const {sign_ups: page, more} = await session.ask('sign_up_list', {before_ms, count: PAGE});
    all.push(...page);
    if (!more || page.length === 0) return all;
    before_ms = page.at(-1).joined_ms;
  }
}

async function ownLines(call) {
  const all = [];
  for (let after = 0; ;) {
    const {lines, more, after: next} = await session.ask('chain_list', {call, after, count: PAGE, mine: true});
    all.push(...lines);
    if (!more) return all;
    after = next;
  }
}

async function allLooks() {
  const all = [];
  for (let after = ''; ;) {
    const {entries, next} = await session.ask('audit_list', {own: true, after, count: PAGE});
    all.push(...entries);
    if (!next || all.length > PAGE * LOGS) return all;
    after = next;
  }
}

/** A call that is kept no more, or that one may not see any more, says nothing of its lines. */
async function linesOf(calls) {
  const lines = {};
  for (const call of calls) {
    try {
      lines[call] = await ownLines(call);
    } catch (refusal) {
      if (!['NOT_FOUND', 'FORBIDDEN'].includes(refusal.status)) throw refusal;
    }
  }
  return lines;
}

/** @returns {Promise<object>} plain, for JSON */
export async function everythingOfMe() {
  const person = await session.ask('person_export', {});
  const signUps = await allSignUps();
  const lines = await linesOf(new Set(signUps.map(({call}) => call)));
  return {person, sign_ups: signUps, lines, audit: await allLooks()};
}
