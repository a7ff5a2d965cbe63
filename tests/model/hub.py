"""hub.py - a hub to test against, and people who ask it one thing after the other."""

import atexit
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import websocket

PATIENCE_S = 20


def generate_messages():
    """The protocol's messages for Python, in a folder that goes when the program ends."""
    proto = os.environ['PROTO_FOLDER']
    folder = tempfile.mkdtemp(prefix='messages-')
    atexit.register(shutil.rmtree, folder)
    files = glob.glob(os.path.join(proto, 'gridvanguard', 'v1', '*.proto'))
    subprocess.run(['protoc', '-I', proto, '--python_out', folder, *files], check=True)
    sys.path.insert(0, folder)


generate_messages()

from gridvanguard.v1 import frame_pb2  # noqa: E402


class Hub:
    """The real hub with a Redis of its own, in a folder that goes with it."""

    def __init__(self):
        root = os.environ['TEST_FOLDER']
        os.makedirs(root, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix='model-', dir=root)
        self.log = open(os.path.join(self.folder, 'hub.log'), 'wb')
        self.process = subprocess.Popen(
            [os.environ['GRIDHUB'], '--dev', '--data', self.folder, '--listen', '127.0.0.1:0',
             '--person-budget', '1000000'],  # these people are quicker than any
            stdout=self.log, stderr=self.log)
        self.address = self._wait_for('listen')
        self.token = self._wait_for('dev.token')

    def _wait_for(self, name):
        until = time.monotonic() + PATIENCE_S
        path = os.path.join(self.folder, name)
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError('the hub ended')
            try:
                with open(path, encoding='utf-8') as file:
                    text = file.read().strip()
                if text:
                    return text
            except FileNotFoundError:
                pass
            time.sleep(0.01)
        raise RuntimeError(f'waited in vain for {name}')

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.log.close()
        if status != 0:
            raise RuntimeError(f'the hub ended with {status}; its log is in {self.folder}')
        shutil.rmtree(self.folder)


def make_once():
    """A UUID of version 7."""
    ms = time.time_ns() // 1_000_000
    random = uuid.uuid4().int
    value = (ms << 80) | (0x7 << 76) | ((random >> 64 & 0xFFF) << 64) | (0b10 << 62) | (random & (1 << 62) - 1)
    return value.to_bytes(16, 'big')


class Person:
    """Somebody logged in."""

    def __init__(self, hub, handle):
        self.socket = websocket.create_connection(
            f'ws://{hub.address}', subprotocols=['gridvanguard.v1'], timeout=PATIENCE_S)
        self.last_id = 0
        answer = self.ask('login', dev={'token': hub.token, 'handle': handle})
        assert answer.status == frame_pb2.STATUS_OK, answer
        self.id = answer.login.person

    def ask(self, verb, **body):
        """One request, and its answer."""
        self.last_id += 1
        request = frame_pb2.Request(id=self.last_id, once=make_once(), **{verb: body})
        self.socket.send_binary(frame_pb2.Frame(requests=[request]).SerializeToString())
        while True:
            frame = frame_pb2.Frame.FromString(self.socket.recv())
            for answer in frame.answers:
                if answer.id == self.last_id:
                    return answer

    def status(self, verb, **body):
        """How it ended, as "FULL to.limit"."""
        answer = self.ask(verb, **body)
        name = frame_pb2.Status.Name(answer.status).removeprefix('STATUS_')
        return f'{name} {answer.field}'.strip()

    def close(self):
        self.socket.close()
