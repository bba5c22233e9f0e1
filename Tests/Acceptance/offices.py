"""Fixtures of the tests that play the work of offices: a database with the demonstration, the running system, people signed in."""

import os
import shutil

import pytest

from client import Client, Office
from machine import PASSWORD, Cluster, serving
from paper import office_letter, plain_pdf


@pytest.fixture(scope="session")
def cluster():
    folder, port = os.environ.get("VANTHU_TEST_SOCKET"), os.environ.get("VANTHU_TEST_PORT", "5432")
    if not folder:
        pytest.exit("VANTHU_TEST_SOCKET names no cluster: run scripts/test --acceptance", returncode=4)
    return Cluster(folder, port)


@pytest.fixture(scope="session")
def worker(worker_id):
    """Tells processes of pytest apart, also those of two runs at the same time."""
    return f"{worker_id}_{os.getpid()}"


@pytest.fixture(scope="session")
def database(cluster, worker):
    with cluster.copy(f"acceptance_run_{worker}") as database:
        yield database


@pytest.fixture(scope="session")
def vanthu(database, tmp_path_factory):
    """The running system."""
    with serving(database, tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture(scope="session")
def hanoi(vanthu):
    """Bưu điện Thành phố Hà Nội, which sends."""
    return Office(vanthu.url, "BDHN", PASSWORD)


@pytest.fixture(scope="session")
def headquarters(vanthu):
    """Khối cơ quan Tổng công ty, which receives."""
    return Office(vanthu.url, "TCT", PASSWORD)


@pytest.fixture(scope="session")
def transport(vanthu):
    """Công ty Vận chuyển và Kho vận, which receives."""
    return Office(vanthu.url, "VCKV", PASSWORD)


@pytest.fixture
def stranger(vanthu):
    """A client that is not signed in."""
    return Client(vanthu.url)


@pytest.fixture(scope="session")
def letter(tmp_path_factory):
    """A real letter in the legal layout, made by LibreOffice."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("soffice is not installed: LibreOffice makes the letter of this test")
    return office_letter(soffice, tmp_path_factory.mktemp("letter"))


@pytest.fixture
def pdf(request):
    """A small correct PDF, another one for every test."""
    return plain_pdf("Van ban thu", "".join(c for c in request.node.nodeid if c not in "()\\"))
