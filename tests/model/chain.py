#!/usr/bin/python3
"""chain.py - random sequences of requests: after each the hub's chain is as rules.py has it.

Speaks TAP. A sequence that fails is made as short as it can be and printed. EXAMPLES in the environment says how many
sequences are tried (200 unless given).
"""

import os
import sys
import time

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hub import Hub, Person  # first: it makes the messages
from rules import Chain

from gridvanguard.v1 import call_pb2

GRID = '140105007004001'
PLACES = [('14', '山西省'), ('1401', '太原市'), ('140105', '小店区'), ('140105007', '龙城街道'),
          ('140105007004', '西吴社区'), (GRID, '第1网格')]
PEOPLE = 6
STATES = {call_pb2.CALL_STATE_OPEN: 'open', call_pb2.CALL_STATE_CLOSED: 'closed',
          call_pb2.CALL_STATE_CANCELLED: 'cancelled'}

somebody = st.integers(0, PEOPLE - 1)  # 0 is the author
a_slot = st.integers(0, 3)
a_number = st.integers(0, 12)
a_limit = st.integers(0, 5)
some_slots = st.lists(a_limit, max_size=2)
a_window = st.sampled_from([0, 0, 30])


class World:
    """What all sequences share: a hub and people."""

    def __init__(self):
        self.hub = Hub()
        self.people = [Person(self.hub, f'p{i}') for i in range(PEOPLE)]
        for code, name in PLACES:
            answer = self.people[0].status('place_import', rows=[{'code': code, 'name': name}])
            assert answer == 'OK', answer
        for i, person in enumerate(self.people):
            assert person.status('member_register', place=GRID, name=f'p{i}') == 'OK'

    def close(self):
        for person in self.people:
            person.close()
        self.hub.close()


world = None


def draft(limit, slots, window):
    return {'place': GRID, 'title': '发放抗原试剂', 'limit': limit, 'window_minutes': window,
            'deadline_ms': DEADLINE_MS, 'slots': [{'label': f's{i}', 'limit': most} for i, most in enumerate(slots)]}


DEADLINE_MS = (int(time.time()) + 36 * 3600) * 1000


class ChainMachine(RuleBasedStateMachine):
    """One call, and what people do with it."""

    @initialize(limit=a_limit, slots=some_slots, window=a_window)
    def post(self, limit, slots, window):
        answer = world.people[0].ask('call_post', **draft(limit, slots, window))
        self.call = answer.call_post.call
        assert self.call, answer
        self.chain = Chain(world.people[0].id, limit, list(slots), window)

    def both(self, who, verb, expected, **body):
        said = world.people[who].status(verb, call=self.call, **body)
        assert said == expected, f'{verb} {body} by p{who}: {said}, but by the rules {expected}'

    @rule(who=somebody, slot=a_slot, people=st.integers(0, 3))
    def join(self, who, slot, people):
        expected = self.chain.join(world.people[who].id, slot, max(people, 1))
        self.both(who, 'chain_join', expected, slot=slot, people=people)

    @rule(who=somebody, slot=a_slot, other=somebody)
    def join_for(self, who, slot, other):
        expected = self.chain.join(world.people[who].id, slot, person=world.people[other].id)
        self.both(who, 'chain_join', expected, slot=slot, person=world.people[other].id)

    @rule(who=somebody, slot=a_slot, walk_up=st.booleans())
    def join_by_name(self, who, slot, walk_up):
        expected = self.chain.join(world.people[who].id, slot, name='李梅', walk_up=walk_up)
        self.both(who, 'chain_join', expected, slot=slot, name='李梅', walk_up=walk_up)

    @rule(who=somebody, number=a_number, slot=a_slot)
    def withdraw(self, who, number, slot):
        self.both(who, 'chain_withdraw', self.chain.withdraw(world.people[who].id, number, slot), number=number, slot=slot)

    @rule(who=somebody, number=a_number, slot=a_slot)
    def confirm(self, who, number, slot):
        self.both(who, 'chain_confirm', self.chain.confirm(world.people[who].id, number, slot), number=number, slot=slot)

    @rule(who=st.sampled_from([0, 0, 1]), number=a_number, out=st.booleans())
    def check(self, who, number, out):
        self.both(who, 'chain_check', self.chain.check(world.people[who].id, number, out), number=number, out=out)

    @rule(who=st.sampled_from([0, 0, 1]), edition=st.integers(-1, 0), demote=st.booleans(), limit=a_limit,
          slots=some_slots, window=a_window)
    def edit(self, who, edition, demote, limit, slots, window):
        seen = self.chain.edition + edition
        expected = self.chain.edit(world.people[who].id, seen, demote, limit, slots, window)
        self.both(who, 'call_edit', expected, version=seen, demote=demote, to=draft(limit, slots, window))

    @rule(who=st.sampled_from([0, 0, 0, 1]))
    def close(self, who):
        self.both(who, 'call_close', self.chain.end(world.people[who].id, 'closed'))

    @rule(who=st.sampled_from([0, 0, 0, 1]))
    def reopen(self, who):
        self.both(who, 'call_reopen', self.chain.reopen(world.people[who].id), deadline_ms=DEADLINE_MS)

    @rule(who=st.sampled_from([1, 1, 1, 1, 1, 0]))
    def cancel(self, who):
        self.both(who, 'call_cancel', self.chain.end(world.people[who].id, 'cancelled'), reason='下雨')

    @invariant()
    def chain_is_as_the_rules_have_it(self):
        if not hasattr(self, 'call'):
            return
        lines = world.people[0].ask('chain_list', call=self.call, count=200).chain_list.lines
        found = [(line.number, line.state, line.person, line.slot, line.people, line.by, line.present_ms > 0,
                  line.left_ms > 0, line.name if not line.person else '') for line in lines]
        wanted = [(line.number, line.state, line.person, line.slot, line.people, line.by, line.present, line.left,
                   line.name) for line in self.chain.lines]
        assert found == wanted, f'\n hub   {found}\n rules {wanted}'

    @invariant()
    def numbers_are_those_of_the_lines(self):
        if not hasattr(self, 'call'):
            return
        call = world.people[0].ask('call_show', call=self.call).call_show.call
        slots = self.chain.all_slots()
        found = (STATES[call.state], call.version, call.confirmed, call.waiting, call.lines,
                 [(slot.confirmed, slot.waiting) for slot in call.slots])
        wanted = (self.chain.state, self.chain.edition, sum(self.chain.people(slot, True) for slot in slots),
                  sum(self.chain.people(slot, False) for slot in slots), len(self.chain.lines),
                  [(self.chain.people(slot, True), self.chain.people(slot, False)) for slot in slots if slot])
        assert found == wanted, f'\n hub   {found}\n rules {wanted}'


def main():
    global world
    examples = int(os.environ.get('EXAMPLES', '200'))
    print('1..1', flush=True)
    world = World()
    try:
        run_state_machine_as_test(ChainMachine, settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, database=None, print_blob=True,
            report_multiple_bugs=False, suppress_health_check=list(HealthCheck)))
    except Exception as error:  # the sequence has been printed
        notes = '\n'.join([str(error)] + getattr(error, '__notes__', []))
        for line in notes.splitlines():
            print('#', line)
        print('not ok 1 - every sequence ends as by the rules', flush=True)
        return 1
    finally:
        world.close()
    print('ok 1 - every sequence ends as by the rules', flush=True)
    print(f'# {examples} sequences of up to 25 steps')
    return 0


if __name__ == '__main__':
    sys.exit(main())
