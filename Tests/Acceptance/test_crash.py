"""The server is killed in the middle of its work: what it acknowledged is there, nothing happened twice, no number is missing.
And the audit trail shows who meddled with it."""

import random
import threading

import httpx
import pytest

from client import Office, Person, new_key
from machine import PASSWORD, Server, serving
from paper import letter_pdf, plain_pdf
from waiting import wait_until

# Every act of a worker has a key of its own, so that after the crash it can be asked for again: what happened answers as it did,
# what did not happens now.


class Worker(threading.Thread):
    """One person who acts again and again until the server dies under them."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act = act
        self.acknowledged = {}
        self.unknown = []
        """Keys of requests whose answer never came."""

    def run(self):
        while True:
            key = new_key()
            try:
                self.acknowledged[key] = self.act(key)
            except httpx.TransportError:
                self.unknown.append(key)
                return


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    with cluster.copy(f"acceptance_crash_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def aftermath(own_database, tmp_path_factory):
    """Three rounds of work, each ended by kill -9, and then a last start. Gives what the workers know."""
    server = Server(own_database, tmp_path_factory.mktemp("crash"))
    drafts, papers, uploads, keys = {}, {}, {}, {"drafts": [], "papers": []}
    for _ in range(3):
        server.start()
        office = Office(server.url, "BDHN", PASSWORD)
        register = office.register("incoming")
        mine = office.specialist.draft("Văn bản nhận tệp")
        workers = [
            Worker(lambda key, p=office.specialist: p.draft(f"Dự thảo {key}", key=key)),
            Worker(lambda key, p=office.clerk: p.register_paper(register, f"Giấy {key}", key=key)),
            Worker(lambda key, p=office.second_clerk: p.register_paper(register, f"Giấy {key}", key=key)),
            Worker(lambda key, p=Person(server.url, "chuyenvien@bdhn", PASSWORD): upload(p, mine, key)),
        ]
        for each in workers:
            each.start()
        # Not a wait for luck: the crash comes after work was acknowledged, at a moment nobody chose.
        enough = random.Random(len(drafts)).randint(15, 40)
        wait_until(lambda: all(len(w.acknowledged) >= enough for w in workers), "everybody has worked", 60)
        server.kill()
        for each in workers:
            each.join(30)
            assert not each.is_alive()
        drafts |= workers[0].acknowledged
        papers |= workers[1].acknowledged | workers[2].acknowledged
        uploads |= {key: (mine, *known) for key, known in workers[3].acknowledged.items()}
        keys["drafts"] += workers[0].unknown
        keys["papers"] += workers[1].unknown + workers[2].unknown
    server.start()
    try:
        office = Office(server.url, "BDHN", PASSWORD)
        yield {
            "server": server, "office": office, "register": office.register("incoming"), "drafts": drafts, "papers": papers,
            "uploads": uploads, "unknown": keys, "database": own_database,
        }  # fmt: skip
    finally:
        server.end()


def upload(person, document, key):
    content = plain_pdf(f"Tep {key}")
    return person.attach(document, content, f"{key}.pdf", role="attachment")["id"], content


def test_every_acknowledged_draft_is_there(aftermath):
    for key, document in aftermath["drafts"].items():
        assert aftermath["office"].specialist.document(document)["subject"] == f"Dự thảo {key}"


def test_every_acknowledged_number_is_there(aftermath):
    for key, registered in aftermath["papers"].items():
        document = aftermath["office"].clerk.document(registered["id"])
        assert (document["number"], document["subject"]) == (registered["number"], f"Giấy {key}")


def test_every_acknowledged_file_is_there_byte_by_byte(aftermath):
    for document, file, content in aftermath["uploads"].values():
        assert aftermath["office"].specialist.download(file) == content


def test_nothing_happened_twice_when_the_lost_requests_are_sent_again(aftermath):
    office, database = aftermath["office"], aftermath["database"]
    for key in aftermath["unknown"]["drafts"]:
        first = office.specialist.draft(f"Dự thảo {key}", key=key)
        assert office.specialist.draft(f"Dự thảo {key}", key=key) == first
    for key in aftermath["unknown"]["papers"]:
        # Which of the two clerks it was is not known any more; a key belongs to a person.
        counted = f"SELECT count(*) FROM documents.document WHERE subject = 'Giấy {key}'"
        assert int(database.value(counted)) <= 1
    doubles = database.psql("""
        SELECT subject FROM documents.document WHERE subject LIKE 'Dự thảo %' OR subject LIKE 'Giấy %' GROUP BY 1 HAVING count(*) > 1
    """)
    assert doubles == []


def test_the_register_has_no_gap_and_no_double(aftermath):
    (counted,) = aftermath["database"].psql(f"""
        SELECT count(*) = max(number) AND count(DISTINCT number) = count(*)
               AND max(number) = (SELECT c.last_number FROM documents.register_counter AS c WHERE c.register_id = d.register_id)
          FROM documents.document AS d WHERE register_id = '{aftermath["register"]}' GROUP BY register_id
    """)
    assert counted == "t"


def test_what_belongs_together_came_together(aftermath):
    """A document without its right, its first step or its audit entry would be half an act."""
    halves = aftermath["database"].psql("""
        SELECT d.id FROM documents.document AS d
         WHERE NOT EXISTS (SELECT FROM documents.reader AS r WHERE r.document_id = d.id)
            OR NOT EXISTS (SELECT FROM workflow.step AS s WHERE s.document_id = d.id)
            OR NOT EXISTS (SELECT FROM workflow.task AS t WHERE t.document_id = d.id)
            OR NOT EXISTS (SELECT FROM documents.search_entry AS e WHERE e.document_id = d.id)
            OR NOT EXISTS (SELECT FROM platform.audit_entry AS a WHERE a.subject_id = d.id)
    """)
    assert halves == []


def test_every_row_of_a_file_has_its_bytes(aftermath):
    rows = aftermath["database"].psql("SELECT encode(sha256, 'hex') FROM platform.blob")
    kept = {path.rsplit("/", 1)[-1] for path in aftermath["server"].files()}
    assert set(rows) <= kept


def test_jobs_that_were_cut_off_are_done_after_the_restart(aftermath):
    # A killed worker's job comes back when its lease has run out. Nobody waits that minute here: its end is moved to now.
    aftermath["database"].psql("UPDATE platform.job SET leased_until = now() - interval '1 second' WHERE state = 'running'")
    aftermath["server"].wait_for_jobs(120)
    states = aftermath["database"].psql("SELECT DISTINCT text_state FROM documents.file")
    assert states == ["extracted"]
    assert aftermath["database"].value("SELECT count(*) FROM platform.job WHERE state <> 'done'") == "0"
    key = next(iter(aftermath["uploads"]))
    document = aftermath["uploads"][key][0]
    assert document in [found["id"] for found in aftermath["office"].specialist.search(f"Tep {key}")]


def test_the_audit_trail_is_whole_after_all_this(aftermath):
    verified = aftermath["database"].vanthu("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_signature_that_was_cut_off_leaves_the_document_as_it_was_or_signed(cluster, worker, tmp_path):
    with cluster.copy(f"acceptance_signing_{worker}") as database:
        server = Server(database, tmp_path).start()
        office = Office(server.url, "BDHN", PASSWORD)
        documents = [office.document("awaiting_signature", letter_pdf()) for _ in range(6)]
        office.keys()
        signed = []

        def sign_all():
            for document in documents:
                try:
                    signed.append((document, office.leader.sign(document, office.PIN)))
                except httpx.TransportError:
                    return

        signing = threading.Thread(target=sign_all)
        signing.start()
        wait_until(lambda: len(signed) >= 2, "two documents are signed")
        server.kill()
        signing.join(30)
        server.start()
        try:
            office = Office(server.url, "BDHN", PASSWORD)
            for document, _ in signed:
                assert office.leader.document(document)["state"] == "signed"
            for document in documents:
                read = office.leader.document(document)
                assert (read["state"], len(read["signatures"])) in [("signed", 1), ("awaiting_signature", 0)]
                if read["state"] == "awaiting_signature":
                    # The key file survived too: the same PIN still opens the same key.
                    assert office.leader.sign(document, office.PIN)["state"] == "signed"
        finally:
            server.end()


# Meddling with the audit trail, by somebody who is superuser of the database


@pytest.fixture
def trail(cluster, worker, tmp_path, request):
    """A database with some entries in the trail of BDHN, and nobody serving."""
    with cluster.copy(f"acceptance_trail_{worker}") as database:
        with serving(database, tmp_path) as server:
            person = Person(server.url, "chuyenvien@bdhn", PASSWORD)
            for i in range(10):
                person.draft(f"Dự thảo {i}")
        assert database.vanthu("audit", "verify").returncode == 0
        yield database


def meddle(database, sql):
    """What a superuser can do: the trigger that refuses changes does not stop them."""
    database.psql(f"""
        BEGIN;
        SET session_replication_role = replica;
        CREATE TEMPORARY VIEW trail AS
            SELECT e.* FROM platform.audit_entry AS e JOIN platform.tenant AS t ON t.id = e.tenant_id WHERE t.code = 'BDHN';
        {sql};
        COMMIT;
    """)


CHANGED = """UPDATE platform.audit_entry SET canonical = replace(canonical, 'Dự thảo 4', 'Dự thảo X')
              WHERE canonical LIKE '%Dự thảo 4%'"""
RENAMED = """UPDATE platform.audit_entry SET action = 'document.read'
              WHERE (tenant_id, seq) IN (SELECT tenant_id, seq FROM trail ORDER BY seq LIMIT 1)"""
REMOVED = "DELETE FROM platform.audit_entry WHERE (tenant_id, seq) IN (SELECT tenant_id, seq FROM trail WHERE seq = 4)"
BEHEADED = "DELETE FROM platform.audit_entry WHERE (tenant_id, seq) IN (SELECT tenant_id, seq FROM trail WHERE seq > 6)"
REORDERED = """UPDATE platform.audit_entry SET seq = 1000 WHERE (tenant_id, seq) IN (SELECT tenant_id, 4 FROM trail);
               UPDATE platform.audit_entry SET seq = 4 WHERE (tenant_id, seq) IN (SELECT tenant_id, 5 FROM trail);
               UPDATE platform.audit_entry SET seq = 5 WHERE seq = 1000"""
REHASHED = """UPDATE platform.audit_entry SET canonical = replace(canonical, 'Dự thảo 4', 'Dự thảo X'),
                     hash = sha256('\\x01'::bytea || previous_hash || convert_to(replace(canonical, 'Dự thảo 4', 'Dự thảo X'), 'UTF8'))
               WHERE canonical LIKE '%Dự thảo 4%'"""


@pytest.mark.parametrize("sql, word", [
    (CHANGED, "changed"), (RENAMED, "changed"), (REMOVED, "removed"), (BEHEADED, "removed"), (REORDERED, "reordered"),
    (REHASHED, "unlinked"),
], ids=["changed", "a column beside the text", "removed", "the last ones removed", "reordered", "changed and hashed anew"])  # fmt: skip
def test_meddling_with_the_audit_trail_is_found(trail, sql, word):
    meddle(trail, sql)
    verified = trail.vanthu("audit", "verify")
    assert verified.returncode == 1, verified.stdout + verified.stderr
    assert f": {word}" in verified.stdout
    other = trail.vanthu("audit", "verify", "--tenant", "TCT")
    assert other.returncode == 0, "the others' trails are not touched by it"


def test_the_application_itself_cannot_change_the_audit_trail(trail):
    for act in ("UPDATE platform.audit_entry SET action = 'x'", "DELETE FROM platform.audit_entry", "TRUNCATE platform.audit_entry"):
        with pytest.raises(AssertionError, match="permission denied"):
            trail.psql(f"SET ROLE vanthu_app; SELECT platform.begin_system(id) FROM platform.tenant LIMIT 1; {act}")
    with pytest.raises(AssertionError, match="audit_is_append_only"):
        trail.psql("DELETE FROM platform.audit_entry")
