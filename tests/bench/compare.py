#!/usr/bin/env python3
"""compare.py - our hub beside the floors, on the same work, in one run.

    compare.py BUILD FOLDER [--quick]

Servers and crowds of clients stand up together, and the works go round between them, so that a noisy moment falls on all
of them. What is said is the median of the rounds, and how far they spread. Rates and CPU are told as multiples of the
floor's, for the same machine does not do twice the same.
"""
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

GRID = "140105007004001"
PLACES = pathlib.Path(__file__).resolve().parents[2] / "clients/demo/taiyuan"


class Crowd:
    """A load process on one server: load.c."""

    def __init__(self, build, address, clients, pid, *kind):
        self.process = subprocess.Popen(
            [f"{build}/tests/bench/load", address, str(clients), str(pid), *kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.connected = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("bench: a crowd ended")
        return json.loads(line)

    def work(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Floor:
    """A server that does no more than must be: floor_fanout.c."""

    def __init__(self, build, *options):
        self.process = subprocess.Popen([f"{build}/tests/bench/floor_fanout", *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.address = "127.0.0.1:" + self.process.stdout.readline().strip()
        self.pid = self.process.pid

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Hub:
    """Our hub, with a Redis of its own, as it is shipped but for its budgets."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        subprocess.run(["rm", "-rf", folder], check=True)
        os.makedirs(folder, mode=0o700)
        self.log = open(f"{folder}.log", "w")
        self.start()

    def start(self):
        listening = pathlib.Path(self.folder, "listen")
        listening.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [f"{self.build}/gridhub", "--dev", "--data", self.folder, "--listen", "127.0.0.1:0", "--max-sessions", "19000",
             "--person-budget", "1000000", "--address-budget", "1000000"],
            stdout=subprocess.DEVNULL, stderr=self.log)
        self.pid = self.process.pid
        until = time.monotonic() + 60
        while not listening.exists() or not listening.read_text().strip():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"bench: the hub does not start: {self.folder}.log")
            time.sleep(0.02)
        self.address = listening.read_text().strip()

    def ctl(self, *words):
        return subprocess.run([f"{self.build}/gridctl", *words, "--data", self.folder, "--as", "bench", "--timeout", "60"],
                              check=True, capture_output=True, text=True).stdout

    def redis_pid(self):
        shown = subprocess.run(["redis-cli", "-s", f"{self.folder}/redis.sock", "info", "server"], check=True,
                               capture_output=True, text=True).stdout
        return next(line.split(":")[1].strip() for line in shown.splitlines() if line.startswith("process_id"))

    def memory(self):
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as rollup:
            return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Anonymous"))

    def end(self):
        self.process.terminate()
        self.process.wait()


def median(values):
    return round(statistics.median(values), 3)


def spread(values):
    """The median, the least and the most."""
    return [median(values), round(min(values), 3), round(max(values), 3)]


def say(what):
    print("bench: " + what, file=sys.stderr, flush=True)


def each(record):
    return record["cpu_us"] / record["messages"]


def fan_out(hub, build, clients, rounds):
    """One call to everybody, and four in the air at once."""
    plain, joined = Floor(build), Floor(build, "--joined")
    before = hub.memory()
    crowds = {"hub": Crowd(build, hub.address, clients, hub.pid, "hub", hub.folder, GRID),
              "floor": Crowd(build, plain.address, clients, plain.pid, "floor"),
              "joined": Crowd(build, joined.address, clients, joined.pid, "floor")}
    memory = hub.memory() - before
    seen = {name: {1: [], 4: []} for name in crowds}
    for name in crowds:
        crowds[name].work("broadcast", 1)  # the first of each finds nothing warm
    for _ in range(rounds):
        for calls in (1, 4):
            for name, crowd in crowds.items():
                seen[name][calls].append(crowd.work("broadcast", calls))
    idle = crowds["hub"].work("idle", 10)
    for crowd in crowds.values():
        crowd.end()
    plain.end(), joined.end()
    one, four = seen["hub"][1], seen["hub"][4]
    deliveries = 4 * clients
    return {
        "clients": clients,
        "cpu_per_message_us": spread([each(r) for r in one]),
        "floor_per_message_us": spread([each(r) for r in seen["floor"][1]]),
        "x_floor": spread([each(h) / each(f) for h, f in zip(one, seen["floor"][1])]),
        "call_x_floor": spread([h["heard_cpu_us"] / h["heard_messages"] / each(f)
                                for h, f in zip(one, seen["floor"][1])]),
        "messages_a_call": median([r["messages"] / clients for r in one]),
        "first_after_answer_ms": spread([r["first_after_answer_ms"] for r in one]),
        "first_ms": spread([r["first_ms"] for r in one]),
        "last_ms": spread([r["last_ms"] for r in one]),
        "last_x_floor": spread([h["last_ms"] / f["last_ms"] for h, f in zip(one, seen["floor"][1])]),
        "burst_x_floor": spread([f["cpu_us"] / h["cpu_us"] for h, f in zip(four, seen["floor"][4])]),
        "burst_call_x_floor": spread([f["cpu_us"] / h["heard_cpu_us"] for h, f in zip(four, seen["floor"][4])]),
        "burst_joined_x_floor": spread([f["cpu_us"] / h["cpu_us"] for h, f in zip(seen["joined"][4], seen["floor"][4])]),
        "burst_us_a_delivery": median([r["cpu_us"] / deliveries for r in four]),
        "connect_us": crowds["hub"].connected["cpu_us"], "connect_s": crowds["hub"].connected["seconds"],
        "connect_floor_us": crowds["floor"].connected["cpu_us"],
        "memory_per_session": round(memory / clients), "idle_cpu_share": idle["cpu_share"],
    }


def sign_up(hub, build, clients, depths, rounds):
    """Durable sign-ups through the hub, and the same calls of Redis without it."""
    redis = hub.redis_pid()
    crowd = Crowd(build, hub.address, clients, hub.pid, "hub", hub.folder, "-")
    crowd.work("register", GRID)
    table = {}
    for depth in depths:
        ours, floors = [], []
        for _ in range(rounds):
            ours.append(crowd.work("signup", depth, GRID))
            call = json.loads(hub.ctl("call", "post", GRID, "--title", "floor", "--need", "1", "--deadline", "+4h", "--json"))
            floor = subprocess.run([f"{build}/tests/bench/floor_fcall", f"{hub.folder}/redis.sock", call["call"], GRID,
                                    str(depth), str(clients), redis], check=True, capture_output=True, text=True).stdout
            floors.append(json.loads(floor))
        table[depth] = {
            "a_second": spread([r["a_second"] for r in ours]), "floor_a_second": spread([r["a_second"] for r in floors]),
            "x_floor": spread([o["a_second"] / f["a_second"] for o, f in zip(ours, floors)]),
            "p50_ms": spread([r["p50_ms"] for r in ours]), "p99_ms": spread([r["p99_ms"] for r in ours]),
            "p99_x_floor": spread([o["p99_ms"] / f["p99_ms"] for o, f in zip(ours, floors)]),
            "hub_cpu_us": spread([r["cpu_us"] for r in ours]),
            "floor_redis_cpu_us": spread([r["redis_cpu_us"] for r in floors]),
        }
    crowd.end()
    return table


def main():
    build, folder = sys.argv[1], sys.argv[2]
    quick = "--quick" in sys.argv[3:]
    rounds = 3 if quick else 5
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    hub = Hub(build, folder)
    try:
        for part in ("provinces", "cities", "areas", "streets", "villages"):
            hub.ctl("place", "import", f"{PLACES}/{part}.csv")
        rows = subprocess.run([f"{build}/gridctl", "place", "layout", f"{PLACES}/villages.csv"], check=True,
                              capture_output=True).stdout
        grids = pathlib.Path(folder, "grids.csv")
        grids.write_bytes(rows)
        hub.ctl("place", "import", str(grids))
        say("telling everybody")
        told = {n: fan_out(hub, build, n, rounds) for n in ((10000,) if quick else (1000, 10000, 18000))}
        print(json.dumps({"fan_out": told}, indent=1), flush=True)
        say("signing up")
        signed = sign_up(hub, build, 10000, (128,) if quick else (1, 16, 128, 1000), rounds)
    finally:
        hub.end()
    print(json.dumps({"fan_out": told, "sign_up": signed}, indent=1))


if __name__ == "__main__":
    main()
