"""A file of 150 MB goes through the server to its seal: what server and signer grow by meanwhile is less than the file once more."""

from pathlib import Path

import pytest

from client import Office
from judges import pdfsig_verdicts
from machine import PASSWORD, serving
from paper import letter_pdf

SIZE = 150 << 20


@pytest.fixture(scope="module")
def large_house(cluster, worker, tmp_path_factory):
    """A server that takes files of 200 MB, and its people."""
    with cluster.copy(f"acceptance_large_{worker}") as database:
        with serving(database, tmp_path_factory.mktemp("large"), VANTHU_UPLOAD_LIMIT=str(200 << 20)) as server:
            yield server, Office(server.url, "BDHN", PASSWORD)


def enlarged(pdf):
    """The same with an object of 150 MB that nobody refers to, in an update of its own."""
    number = 1 + max(int(line.split()[0]) for line in pdf.splitlines() if line.endswith(b" 0 obj"))
    previous = int(pdf[pdf.rindex(b"startxref"):].split()[1])
    head = b"%d 0 obj\n<< /Length %d >>\nstream\n" % (number, SIZE)
    tail = b"\nendstream\nendobj\n"
    table = len(pdf) + len(head) + SIZE + len(tail)
    return b"".join((
        pdf, head, bytes(SIZE), tail, b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf)),
        b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (number + 1, previous, table)))


class Memory:
    """How much a process grew at its highest since it was last asked, in bytes."""

    def __init__(self, process):
        self.folder = Path(f"/proc/{process}")
        self.begin()

    def begin(self):
        (self.folder / "clear_refs").write_text("5")
        self.start = self._read("VmRSS")

    def growth(self):
        return self._read("VmHWM") - self.start

    def _read(self, name):
        lines = (self.folder / "status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) << 10


def signer(process):
    """The process that holds the keys: the server's child."""
    (found,) = [
        int(status.parent.name) for status in Path("/proc").glob("[0-9]*/status")
        if f"PPid:\t{process}\n" in status.read_text() and b"signer" in (status.parent / "cmdline").read_bytes()]
    return found


def test_a_large_file_is_signed_and_sealed_without_holding_it_twice(large_house, tmp_path):
    server, house = large_house
    large = enlarged(letter_pdf())
    house.keys()
    document = house.document("awaiting_signature", large)
    memories = [Memory(server.process.pid), Memory(signer(server.process.pid))]
    for step in (lambda: house.leader.sign(document, house.PIN),
                 lambda: house.clerk.number(document, house.register("outgoing")),
                 lambda: house.clerk.seal(document, house.PIN)):
        for memory in memories:
            memory.begin()
        step()
        grown = [memory.growth() for memory in memories]
        # The server holds the file once; the signer never sees it, and takes 64 MiB to try a PIN (Argon2id) whatever is signed.
        assert grown[0] < SIZE * 1.15 and grown[1] < 80 << 20, [size >> 20 for size in grown]
    signed = house.clerk.download(house.clerk.main_file(document)["id"])
    assert signed.startswith(large)
    assert pdfsig_verdicts(signed, tmp_path)[:2] == ["Signature is Valid.", "Signature is Valid."]
