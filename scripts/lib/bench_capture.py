"""Records what the server really sends to PostgreSQL and writes it down as pgbench scripts.

A server connects through a tap on a socket of its own; one request of each case is sent, and the statements that its transaction put
on the wire (PostgreSQL's protocol 3.0: Parse, Bind, Sync) become CASE.sql. So the benchmark's SQL cannot drift from the server's.

Usage: bench_capture.py TARGET-SOCKET TAP-SOCKET URL FOLDER <CASES -- COMMAND…
    CASES: one JSON object a line (sql/bench/cases.sql). COMMAND starts the server, which must connect to TAP-SOCKET and serve URL.
Writes FOLDER/CASE.sql, the same with the server's own waits as FOLDER/CASE.waiting.sql, and FOLDER/CASE.values (name=value lines).
"""

import asyncio
import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from datetime import date, datetime, timedelta, timezone

TYPES = {16: "boolean", 17: "bytea", 20: "bigint", 21: "smallint", 23: "integer", 25: "text", 1009: "text[]", 1082: "date",
         1184: "timestamptz", 2950: "uuid", 2951: "uuid[]", 3802: "jsonb"}
ELEMENTS = {1009: 25, 2951: 2950}


def decoded(oid, value):
    """A parameter in binary format as the text that PostgreSQL reads for its type."""
    if oid in (25, 0):
        return value.decode()
    if oid == 16:
        return "true" if value != b"\0" else "false"
    if oid == 17:
        return "\\x" + value.hex()
    if oid in (20, 21, 23):
        return str(int.from_bytes(value, "big", signed=True))
    if oid == 1082:
        return str(date(2000, 1, 1) + timedelta(days=int.from_bytes(value, "big", signed=True)))
    if oid == 1184:
        moment = datetime(2000, 1, 1, tzinfo=timezone.utc)
        return str(moment + timedelta(microseconds=int.from_bytes(value, "big", signed=True)))
    if oid == 2950:
        return str(uuid.UUID(bytes=value))
    if oid == 3802:
        return value[1:].decode()
    if oid in ELEMENTS:
        dimensions, _, _ = struct.unpack_from("!iiI", value)
        place, items = 12 + 8 * dimensions, []
        while place < len(value):
            (length,) = struct.unpack_from("!i", value, place)
            items.append(decoded(ELEMENTS[oid], value[place + 4:place + 4 + length]))
            place += 4 + length
        return "{" + ",".join('"%s"' % item.replace("\\", "\\\\").replace('"', '\\"') for item in items) + "}"
    raise SystemExit(f"a parameter has type {oid}, which this program does not know")


class Recorder:
    """What one connection sends: statements by name, and the groups of executions between syncs."""

    groups = []  # of all connections, in order: (recorder, [(sql, [(oid, text or None)])])

    def __init__(self):
        self.buffer, self.started = b"", False
        self.statements, self.group = {}, []

    def feed(self, data):
        self.buffer += data
        while True:
            start = 1 if self.started else 0
            if len(self.buffer) < start + 4:
                return
            (length,) = struct.unpack_from("!I", self.buffer, start)
            if len(self.buffer) < start + length:
                return
            kind, body = self.buffer[:start], self.buffer[start + 4:start + length]
            self.buffer = self.buffer[start + length:]
            if not self.started:
                # The startup packet; requests for encryption are not sent over a unix socket.
                self.started = True
            elif kind == b"P":
                name, sql, rest = body.split(b"\0", 2)
                (count,) = struct.unpack_from("!H", rest)
                self.statements[name] = (sql.decode(), struct.unpack_from(f"!{count}I", rest, 2))
            elif kind == b"B":
                self.bind(body)
            elif kind == b"S":
                Recorder.groups.append((self, self.group))
                self.group = []

    def bind(self, body):
        _, name, rest = body.split(b"\0", 2)
        (formats,) = struct.unpack_from("!H", rest)
        codes = struct.unpack_from(f"!{formats}H", rest, 2)
        place = 2 + 2 * formats
        (count,) = struct.unpack_from("!H", rest, place)
        place += 2
        sql, types = self.statements[name]
        values = []
        for index in range(count):
            (length,) = struct.unpack_from("!i", rest, place)
            place += 4
            value = None
            if length >= 0:
                raw, place = rest[place:place + length], place + length
                binary = codes[0] if formats == 1 else codes[index] if formats else 0
                value = decoded(types[index], raw) if binary else raw.decode()
            values.append((types[index], value))
        self.group.append((sql, values))


async def tap(target, path):
    async def pump(reader, writer, recorder=None):
        while data := await reader.read(65536):
            if recorder:
                recorder.feed(data)
            writer.write(data)
            await writer.drain()
        writer.close()

    async def connected(reader, writer):
        server_reader, server_writer = await asyncio.open_unix_connection(target)
        await asyncio.gather(pump(reader, server_writer, Recorder()), pump(server_reader, writer), return_exceptions=True)

    return await asyncio.start_unix_server(connected, path)


def ask(url, case, request_id):
    headers = {"Cookie": "vanthu_session=" + case["session"], "X-Request-Id": str(request_id)}
    body = None
    if case["method"] != "GET":
        digest = hashlib.sha256(("csrf:" + case["session"]).encode()).digest()
        headers["X-CSRF-Token"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        headers["Content-Type"] = "application/json"
        body = case["body"].encode()
    if case["if_match"]:
        headers["If-Match"] = case["if_match"]
    if case["key"]:
        headers["Idempotency-Key"] = KEY
    request = urllib.request.Request(url + case["path"], data=body, method=case["method"], headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{case['case']}: {case['method']} {case['path']} answered {error.code}: {error.read().decode()}") from None


KEY = str(uuid.uuid4())


def transaction(request_id):
    """The groups of the transaction that carries this request's id: from the one that opens it to the one that commits."""
    def carries(group):
        return any(value == str(request_id) for _, values in group for _, value in values)

    first = next((n for n, (_, group) in enumerate(Recorder.groups) if carries(group)), None)
    if first is None:
        raise SystemExit("the server's transaction was not seen on the wire")
    owner, group = Recorder.groups[first]
    groups = [group]
    if group[0][0].upper().startswith("BEGIN"):
        for other, later in Recorder.groups[first + 1:]:
            if groups[-1][-1][0].upper() == "COMMIT":
                break
            if other is owner:
                groups.append(later)
        if groups[-1][-1][0].upper() != "COMMIT":
            raise SystemExit("the server's transaction did not commit")
    return groups


class Script:
    """A transaction as pgbench text. Variables are :NAME; every parameter keeps its place and its type."""

    def __init__(self, case, request_id):
        # Session hashes are recorded as bytea; all other names are compared as they are.
        names = {("\\x" + key if re.fullmatch("[0-9a-f]{64}", key) else key): value for key, value in case["names"].items()}
        self.names = {**names, KEY: "bench.id(15, :turn::bigint, :client_id::bigint)::text"}
        self.made = {}  # ids that the server made for this request
        self.constants = {}
        self.constant(str(request_id))

    def constant(self, value):
        return self.constants.setdefault(value, f"c{len(self.constants)}")

    def expression(self, oid, value):
        kind = TYPES[oid]
        if value is None:
            # A parameter even so: pgbench has no NULL, and a constant NULL would be planned away.
            return f"nullif(:{self.constant('null')}::text, 'null')::{kind}"
        if value == "":
            return f"''::{kind}"  # pgbench takes no empty value either
        if value in self.names:
            return self.names[value]
        if kind == "uuid" and value not in self.constants and uuid.UUID(value).version == 7:
            number = self.made.setdefault(value, 20 + len(self.made))
            return f"bench.id({number}, :turn::bigint, :client_id::bigint)"
        return f":{self.constant(value)}::{kind}"

    def statement(self, sql, values):
        parts = []
        # Literals are kept, but pgbench would see a variable in 'HH24:MI'.
        for token in re.split(r"('(?:[^']|'')*')", sql):
            if token.startswith("'"):
                if ":" in token:
                    token = "E" + token.replace("\\", "\\\\").replace(":", "\\x3a")
                parts.append(token)
            else:
                parts.append(re.sub(r"\$(\d+)", lambda m: self.expression(*values[int(m[1]) - 1]), token))
        return "".join(parts) + ";"


def write(folder, case, groups, request_id):
    script = Script(case, request_id)
    blocks = [[script.statement(sql, values) for sql, values in group] for group in groups]
    # pgbench 15 prepares a script's statements at its first statement outside a pipeline.
    head = ["\\if :ready = 0", "SELECT 1;", "\\set ready 1", "\\endif", case["choice"]]
    pipeline = lambda statements: ["\\startpipeline", *statements, "\\endpipeline"]
    whole = pipeline([s for block in blocks for s in block])
    waiting = [line for block in blocks for line in pipeline(block)]
    for name, lines in ((case["case"], whole), (case["case"] + ".waiting", waiting)):
        with open(f"{folder}/{name}.sql", "w") as file:
            file.write("\n".join(head + lines) + "\n")
    with open(f"{folder}/{case['case']}.values", "w") as file:
        for value, name in script.constants.items():
            file.write(f"{name}={value}\n")


async def main():
    split = sys.argv.index("--")
    target, path, url, folder = sys.argv[1:split]
    cases = [json.loads(line) for line in sys.stdin if line.strip()]
    listener = await tap(target, path)
    server = subprocess.Popen(sys.argv[split + 1:], stdin=subprocess.DEVNULL, stderr=sys.stdout)
    try:
        for _ in range(600):
            try:
                await asyncio.to_thread(urllib.request.urlopen, url + "/readyz", timeout=5)
                break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("the server ended by itself") from None
                await asyncio.sleep(0.1)
        for case in cases:
            request_id = uuid.uuid4()
            answer = await asyncio.to_thread(ask, url, case, request_id)
            if "items" in answer and not answer["items"]:
                raise SystemExit(f"{case['case']}: nothing was found, so there is nothing to measure")
            groups = transaction(request_id)
            write(folder, case, groups, request_id)
            count = sum(len(group) for group in groups)
            print(f"{case['case']}: {count} statements in {len(groups)} round trips", file=sys.stderr)
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait, 30)
        listener.close()


asyncio.run(main())
