"""rules.py - the rules of a chain (接龙), told once more and apart from the functions in Redis: plain lists in memory.

Each method answers as the hub should: the status, and the field where there is one.
"""

from dataclasses import dataclass, field

CONFIRMED, WAITING, STRUCK, OFFERED = 1, 2, 3, 4


@dataclass
class Line:
    number: int
    person: str  # '' without an account
    name: str
    slot: int
    people: int
    by: str  # '' himself
    state: int = WAITING
    present: bool = False
    left: bool = False

    @property
    def counts(self):
        return self.state in (CONFIRMED, OFFERED)

    @property
    def live(self):
        return self.counts or self.state == WAITING


@dataclass
class Chain:
    author: str
    limit: int = 0
    slots: list = field(default_factory=list)  # the limit of each
    window: int = 0
    state: str = 'open'
    edition: int = 1
    lines: list = field(default_factory=list)

    # What there is.

    def of_slot(self, slot):
        return [line for line in self.lines if line.slot == slot]

    def limit_of(self, slot):
        return self.slots[slot - 1] if slot else self.limit

    def people(self, slot, counts):
        return sum(line.people for line in self.of_slot(slot) if (line.counts if counts else line.state == WAITING))

    def queue(self, slot):
        return [line for line in self.of_slot(slot) if line.state == WAITING]

    def fits(self, slot, people):
        limit = self.limit_of(slot)
        return limit == 0 or self.people(slot, True) + people <= limit

    def all_slots(self):
        return range(1, len(self.slots) + 1) if self.slots else [0]

    def live_line(self, person, slot):
        return next((line for line in self.lines if line.live and line.person == person and line.slot == slot), None)

    # What follows by itself.

    def promote(self, slot):
        while self.queue(slot) and self.fits(slot, self.queue(slot)[0].people):
            self.queue(slot)[0].state = OFFERED if self.window else CONFIRMED

    # What people do.

    def join(self, asker, slot=0, people=1, person=None, name='', walk_up=False):
        who = person if person else '' if name else asker
        if self.state != 'open':
            return 'CLOSED call'
        if slot > len(self.slots):
            return 'NOT_FOUND slot'
        if slot == 0 and self.slots:
            return 'BAD_REQUEST slot'
        if walk_up and asker != self.author:
            return 'FORBIDDEN walk_up'
        if who and self.live_line(who, slot):
            return 'ALREADY'  # with the line there is
        for_other = who != asker
        put_for_others = [line for line in self.lines if line.live and line.by == asker]
        if for_other and asker != self.author and len(put_for_others) >= 5:
            return 'FULL person'
        line = Line(len(self.lines) + 1, who, name, slot, people, asker if for_other else '')
        if not self.queue(slot) and self.fits(slot, people):
            line.state = CONFIRMED
        line.present = walk_up and line.state == CONFIRMED
        self.lines.append(line)
        return 'OK'

    def find(self, asker, number, slot):
        """The line meant, or why there is none."""
        if number == 0:
            line = self.live_line(asker, slot)
            return (line, None) if line else (None, 'NOT_FOUND person')
        if number > len(self.lines) or not self.lines[number - 1].live:
            return None, 'NOT_FOUND number'
        return self.lines[number - 1], None

    def withdraw(self, asker, number=0, slot=0):
        line, why = self.find(asker, number, slot)
        if why:
            return why
        if asker not in (line.person, line.by, self.author):
            return 'FORBIDDEN number'
        if self.state != 'open':
            return 'CLOSED call'
        line.state = STRUCK
        self.promote(line.slot)
        return 'OK'

    def confirm(self, asker, number=0, slot=0):
        line, why = self.find(asker, number, slot)
        if why:
            return why
        if asker not in (line.person, line.by, self.author):
            return 'FORBIDDEN number'
        if self.state != 'open':
            return 'CLOSED call'
        if line.state != OFFERED:
            return 'ALREADY number'
        line.state = CONFIRMED
        return 'OK'

    def check(self, asker, number, out):
        line, why = self.find(asker, number, 0)
        if why:
            return why
        if asker != self.author:
            return 'FORBIDDEN number'
        if self.state == 'cancelled' or line.state != CONFIRMED:
            return 'CLOSED number'
        if not out and line.present:
            return 'ALREADY number'
        if out and not line.present:
            return 'NOT_FOUND present'
        if out and line.left:
            return 'ALREADY number'
        if out:
            line.left = True
        else:
            line.present = True
        return 'OK'

    def end(self, asker, state):
        if asker != self.author:
            return 'FORBIDDEN call'
        if self.state in ('cancelled', state):
            return 'ALREADY call'
        self.state = state
        self.edition += 1
        return 'OK'

    def reopen(self, asker):
        if asker != self.author:
            return 'FORBIDDEN call'
        if self.state == 'open':
            return 'ALREADY call'
        if self.state == 'cancelled':
            return 'CLOSED call'
        self.state = 'open'
        self.edition += 1
        if not self.window:  # otherwise they are offered anew, which shows in the time alone
            for line in self.lines:
                if line.state == OFFERED:
                    line.state = CONFIRMED
        return 'OK'

    def edit(self, asker, edition, demote, limit, slots, window):
        if asker != self.author:
            return 'FORBIDDEN call'
        if self.state != 'open':
            return 'CLOSED call'
        if edition != self.edition:
            return 'CHANGED version'
        if len(slots) < len(self.slots) or (slots and not self.slots and self.lines):
            return 'BAD_REQUEST to.slots'
        wanted = {slot: slots[slot - 1] if slot else limit for slot in self.all_slots()}
        too_many = [slot for slot, most in wanted.items() if most and self.people(slot, True) > most]
        if too_many and not demote:
            return 'FULL to.limit'
        if (limit, slots, window) == (self.limit, self.slots, self.window):
            return 'OK'  # nothing was changed, and so it is no other edition
        before = list(self.all_slots())
        self.limit, self.slots, self.window = limit, list(slots), window
        self.edition += 1
        for slot in before:
            most = wanted[slot]
            while most and self.people(slot, True) > most:
                last = [line for line in self.of_slot(slot) if line.counts][-1]
                last.state = WAITING
            self.promote(slot)
        return 'OK'
