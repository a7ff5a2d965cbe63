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
import socket
import statistics
import subprocess
import sys
import time

GRID = "140105007004001"
HERE = pathlib.Path(__file__).resolve().parent
PLACES = HERE.parents[1] / "clients/demo/taiyuan"


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


class Peer:
    """Somebody else's server, doing the same; what it wants to hear is in `greets` (load.c)."""

    def __init__(self, command, greets, port=None):
        self.greets = greets
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.address = f"127.0.0.1:{port or self.process.stdout.readline().strip()}"
        self.wait_for_port()

    def wait_for_port(self):
        host, port = self.address.split(":")
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection((host, int(port)), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"bench: {self.process.args[0]} does not start")
                time.sleep(0.05)

    def end(self):
        self.process.terminate()
        self.process.wait()


class Nginx(Peer):
    """Its one worker is who does the work, and whose CPU is told."""

    def wait_for_port(self):
        super().wait_for_port()
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.pid = int(children.read_text().split()[-1])


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def configured(name, folder, port):
    """A configuration file with its folder and its port in it."""
    text = (HERE / "peers" / name).read_text().replace("FOLDER", folder).replace("PORT", str(port))
    path = pathlib.Path(folder, name)
    path.write_text(text)
    return str(path)


MQTT_CONNECT = "100c00044d5154540402" + "0000" + "0000"  # 3.1.1, no keep-alive, no name
MQTT_SUBSCRIBE = "8206000100016700"  # to the topic "g"
MQTT_PUBLISH = "30cb01000167" + "78" * 200


def start_peers(folder, redis):
    ports = [free_port(), free_port()]
    nginx = configured("nchan.conf", folder, ports[0])
    mosquitto = configured("mosquitto.conf", folder, ports[1])
    return {
        "ws": Peer(["node", str(HERE / "peers/ws.js")], ["/", "-", "-", "0", "tgo"]),
        "nchan": Nginx(["nginx", "-p", folder, "-c", nginx], ["/grid", "-", "-", "0", "t" + "x" * 200], ports[0]),
        "socket.io": Peer(["node", str(HERE / "peers/socketio.js"), redis],
                          ["/socket.io/?EIO=4&transport=websocket", "-", "t40", "2", 't42["go"]']),
        "mosquitto": Peer(["mosquitto", "-c", mosquitto],
                          ["/", "mqtt", "b" + MQTT_CONNECT + MQTT_SUBSCRIBE, "2", "b" + MQTT_PUBLISH], ports[1]),
    }


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


def peers_beside(hub, build, clients, rounds):
    """One call to everybody by each peer, the bare floor beside it in the same rounds."""
    floor = Floor(build)
    peers = start_peers(hub.folder, f"{hub.folder}/redis.sock")
    servers = {"floor": floor, **peers}
    try:
        crowds = {name: Crowd(build, server.address, clients, server.pid, "floor" if server is floor else "peer",
                              *getattr(server, "greets", [])) for name, server in servers.items()}
        for crowd in crowds.values():
            crowd.work("broadcast", 1)
        seen = {name: [] for name in crowds}
        for _ in range(rounds):
            for name, crowd in crowds.items():
                seen[name].append(crowd.work("broadcast", 1))
        for crowd in crowds.values():
            crowd.end()
    finally:
        for server in servers.values():
            server.end()
    return {name: {
        "x_floor": spread([each(r) / each(f) for r, f in zip(seen[name], seen["floor"])]),
        "first_ms": spread([r["first_ms"] for r in seen[name]]),
        "last_ms": spread([r["last_ms"] for r in seen[name]]),
        "connect_us": crowds[name].connected["cpu_us"],
    } for name in crowds}


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
        if not quick:
            say("peers")
            print(json.dumps({"peers": peers_beside(hub, build, 10000, rounds)}, indent=1), flush=True)
        say("signing up")
        signed = sign_up(hub, build, 10000, (128,) if quick else (1, 16, 128, 1000), rounds)
    finally:
        hub.end()
    print(json.dumps({"fan_out": told, "sign_up": signed}, indent=1))


if __name__ == "__main__":
    main()
