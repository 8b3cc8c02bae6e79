"""A resolver and a rival for names in .local (RFC 6762, 6763), in a network namespace of its own.

Arguments: the program. Prints what it saw, one line each; exits with 1 if something did not come.
"""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

GROUP, PORT = "224.0.0.251", 5353
OWN, NEXT, RIVAL = "192.168.77.5", "192.168.78.9", "192.168.77.99"
A, PTR, TXT, SRV = 1, 12, 16, 33
PATIENCE = 60


def encode(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def decode(packet, at):
    labels, end = [], None
    while packet[at]:
        if packet[at] >= 0xC0:
            end = end or at + 2
            at = (packet[at] & 0x3F) << 8 | packet[at + 1]
            continue
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels), end or at + 1


def parse(packet):
    _, flags, questions, answers, authorities, extra = struct.unpack("!6H", packet[:12])
    at, asked, records = 12, [], []
    for _ in range(questions):
        name, at = decode(packet, at)
        asked.append(name.lower())
        at += 4
    for _ in range(answers + authorities + extra):
        name, at = decode(packet, at)
        kind, _, ttl, length = struct.unpack("!HHIH", packet[at : at + 10])
        at += 10
        data = packet[at : at + length]
        if kind == A:
            value = socket.inet_ntoa(data)
        elif kind == PTR:
            value = decode(packet, at)[0]
        elif kind == SRV:
            value = (struct.unpack("!H", data[4:6])[0], decode(packet, at + 6)[0])
        else:
            value = data
        records.append((name.lower(), kind, ttl, value))
        at += length
    return bool(flags & 0x8000), asked, records


class Network:
    """Hears what is said to the group."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind((GROUP, PORT))
        member = socket.inet_aton(GROUP) + socket.inet_aton(OWN)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(OWN))
        self.socket.settimeout(0.5)
        self.heard, self.owned = [], {}
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                packet = self.socket.recv(9000)
            except TimeoutError:
                continue
            is_response, asked, records = parse(packet)
            if is_response:
                self.heard.extend(records)
            for name in asked:
                if name in self.owned and not is_response:
                    self.say(name, self.owned[name])

    def say(self, name, address):
        record = encode(name) + struct.pack("!HHIH", A, 0x8001, 120, 4) + socket.inet_aton(address)
        self.socket.sendto(struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + record, (GROUP, PORT))

    def ask(self, name, kind):
        question = encode(name) + struct.pack("!HH", kind, 1)
        self.socket.sendto(struct.pack("!6H", 0, 0, 1, 0, 0, 0) + question, (GROUP, PORT))

    def until(self, what, name, kind, is_it):
        """Asks until an answer comes."""
        end = time.time() + PATIENCE
        while time.time() < end:
            self.ask(name, kind)
            time.sleep(0.3)
            for record in list(self.heard):
                if record[0] == name and record[1] == kind and is_it(record):
                    print(what, record[3], flush=True)
                    return record
        sys.exit(f"{what}: heard {self.heard[-20:]}")


class Server:
    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.argv[1], "0", "alpha", *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.said = ""
        threading.Thread(target=self.read, daemon=True).start()
        self.until("Ctrl-C")
        self.port = int(self.said.split("http://localhost:")[1].split("/")[0])

    def read(self):
        for line in self.process.stderr:
            self.said += line

    def until(self, words):
        end = time.time() + PATIENCE
        while words not in self.said:
            if time.time() > end:
                sys.exit(f"no {words!r} in: {self.said}")
            time.sleep(0.05)
        print("said", words, flush=True)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(PATIENCE) != 0:
            sys.exit(self.said)


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


for words in [
    "link add lan0 type veth peer name far0",
    f"addr add {OWN}/24 dev lan0",
    "link set lo up",
    "link set lan0 up",
    "link set far0 up",
    "route add 224.0.0.0/4 dev lan0",
]:
    run("ip", *words.split())

run(sys.argv[1], "ca", "--export", "ca.crt")
network = Network()
server = Server("--name", "games")
server.until("Also reachable as games.local on the local network")
network.until("address", "games.local", A, lambda record: record[3] == OWN and record[2] > 0)
service = network.until("service", "_http._tcp.local", PTR, lambda record: record[2] > 0)[3].lower()
network.until("port", service, SRV, lambda record: record[3] == (server.port, "games.local"))
network.until("path", service, TXT, lambda record: record[3].startswith(b"\x06path=/"))
status = json.loads(run(sys.argv[1], "status", "--json", "--port", str(server.port)))
if status["addresses"][-1] != f"http://games.local:{server.port}/" or OWN not in status["share"]:
    sys.exit(f"{status}")
# Two of its possible names are in the certificate.
for name in ["games.local", "games-2.local"]:
    at = ["--cacert", "ca.crt", "--resolve", f"{name}:{server.port}:{OWN}", f"https://{name}:{server.port}/"]
    print("https", run("curl", "-sS", "--max-time", "20", *at), flush=True)
run("ip", "addr", "add", f"{NEXT}/24", "dev", "lan0")
network.until("new address", "games.local", A, lambda record: record[3] == NEXT)
network.heard.clear()
server.stop()
time.sleep(0.2)
gone = {(name, kind) for name, kind, ttl, _ in network.heard if ttl == 0}
if ("_http._tcp.local", PTR) not in gone:
    sys.exit(f"no goodbye: {network.heard}")
print("goodbye", flush=True)

# Another machine has the name.
network.owned["games.local"] = RIVAL
server = Server("--name", "games")
server.until("Another machine uses the name games.local; this one uses games-2.local")
server.until("Also reachable as games-2.local on the local network")
network.until("second name", "games-2.local", A, lambda record: record[3] == OWN)
server.stop()
# Off.
network.heard.clear()
server = Server("--name", "games", "--no-mdns")
network.ask("games.local", A)
time.sleep(1)
server.stop()
if any(record[3] == OWN for record in network.heard):
    sys.exit(f"heard {network.heard}")
print("silent", flush=True)
