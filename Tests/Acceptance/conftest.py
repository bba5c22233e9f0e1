"""Fixtures that every test may ask for. Run the tests with `scripts/test --acceptance`, which starts the cluster they need."""

import pytest

from browser import chromium  # noqa: F401
from offices import (  # noqa: F401
    cluster, database, hanoi, headquarters, letter, pdf, stranger, transport, vanthu, worker,
)  # fmt: skip


@pytest.fixture
def empty_database(cluster, worker):  # noqa: F811
    """A database that nothing was done to but bootstrap.sql."""
    name = f"acceptance_empty_{worker}"
    cluster.drop(name)
    made = cluster.create(name)
    with cluster.alone():
        made.bootstrap()
    yield made
    cluster.drop(name)
