"""`vanthu ca`: the root made, exported, taken offline, rehearsed and restored, and a rollover below it, judged by OpenSSL."""

import getpass
import re
import subprocess

import httpx
import pytest

from client import Office
from machine import PASSWORD, Server
from test_pki import Authorities, ask_ocsp, certificate_of, fetch, leader_certificate, openssl, pem
from waiting import wait_until

PASSPHRASE = "bảy con chim sẻ trên mái"


class Operator:
    """Whoever runs `vanthu ca` on the server, with the passphrase in a file."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.secret = folder / "passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self.export = folder / "root.pem"

    def ca(self, *arguments, secret=None):
        settings = {"VANTHU_DATA": str(self.server.data), "VANTHU_PUBLIC_ADDRESS": self.server.url}
        extra = [] if arguments[0] in ("list", "create") else ["--passphrase-file", secret or self.secret]
        done = self.server.database.vanthu("ca", *arguments, *extra, settings=settings)
        return done.returncode, done.stdout + done.stderr

    def must(self, *arguments):
        status, said = self.ca(*arguments)
        assert status == 0, said
        return said

    def refused(self, words, *arguments, **options):
        status, said = self.ca(*arguments, **options)
        assert status == 1 and words in said, (status, said)

    @property
    def root_key(self):
        """Whether the database holds the root's key."""
        return self.server.database.value("SELECT wrapped_key IS NOT NULL FROM signatures.authority WHERE kind = 'root'") == "t"


@pytest.fixture(scope="module")
def operator(cluster, worker, tmp_path_factory):
    """An operator who makes the authorities before the server starts and exports the root."""
    with cluster.copy(f"acceptance_ca_{worker}") as database:
        server = Server(database, tmp_path_factory.mktemp("ca"))
        database.psql("DELETE FROM signatures.authority")
        server.start()
        operator = Operator(server, tmp_path_factory.mktemp("safe"))
        try:
            assert "There is no authority yet" in operator.must("list")
            made = operator.must("create")
            assert "root active: CN=Vănthư CA gốc nội bộ" in made and "issuing active: CN=Vănthư CA nội bộ" in made
            operator.must("export", "--out", operator.export)
            yield operator
        finally:
            server.end()


@pytest.fixture(scope="module")
def office(operator):
    office = Office(operator.server.url, "BDHN", PASSWORD)
    office.keys()
    return office


def test_authorities_are_made_once_and_listed(operator):
    operator.refused("there are authorities already", "create")
    listed = operator.must("list")
    serial = operator.server.database.value("SELECT serial FROM signatures.authority WHERE kind = 'issuing'")
    assert f"serial {serial}" in listed and "key in the database" in listed and "offline" not in listed


def test_openssl_opens_the_export_with_the_passphrase_alone(operator, tmp_path):
    assert operator.export.stat().st_mode & 0o777 == 0o600
    status, key = openssl("pkey", "-in", operator.export, "-passin", f"file:{operator.secret}", "-pubout")
    assert status == 0, key
    status, certified = openssl("x509", "-in", operator.export, "-noout", "-pubkey")
    assert status == 0 and certified == key
    _, form = openssl("asn1parse", "-in", operator.export)
    assert all(part in form for part in ("PBES2", "scrypt", "aes-256-cbc")), form
    (tmp_path / "wrong").write_text("another passphrase")
    assert openssl("pkey", "-in", operator.export, "-passin", f"file:{tmp_path / 'wrong'}", "-noout")[0] != 0
    before = operator.export.read_bytes()
    operator.refused("is there already", "export", "--out", operator.export)
    assert operator.export.read_bytes() == before and [p.name for p in operator.folder.glob("root.pem*")] == ["root.pem"]
    (tmp_path / "short").write_text("ngắn")
    operator.refused("the passphrase has 4 characters", "export", "--out", tmp_path / "short.pem", secret=tmp_path / "short")
    assert not (tmp_path / "short.pem").exists()


def test_a_rehearsal_tells_a_good_export_from_others(operator, tmp_path):
    said = operator.must("rehearse", operator.export)
    fingerprint = operator.server.database.value("SELECT encode(sha256(certificate), 'hex') FROM signatures.authority WHERE kind = 'root'")
    assert "opens, matches its certificate and signs" in said and fingerprint in said.lower()
    (tmp_path / "wrong").write_text("another passphrase")
    operator.refused("the passphrase does not open", "rehearse", operator.export, secret=tmp_path / "wrong")
    # The key of the root beside somebody else's certificate.
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-out", tmp_path / "other.pem", "-subj", "/CN=Other")
    key = operator.export.read_text().split("-----BEGIN CERTIFICATE")[0]
    (tmp_path / "mixed.pem").write_text(key + (tmp_path / "other.pem").read_text())
    operator.refused("do not match", "rehearse", tmp_path / "mixed.pem")
    (tmp_path / "broken.pem").write_text(operator.export.read_text().replace("-----END ENCRYPTED", "AAAA-----END ENCRYPTED"))
    operator.refused("is no export of a root", "rehearse", tmp_path / "broken.pem")


def foreign_root(folder, passphrase):
    """A root that has nothing to do with the internal CA, in the form of an export, by OpenSSL."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", folder / "foreign.key",
            "-out", folder / "foreign.crt", "-subj", "/CN=Foreign")  # fmt: skip
    status, said = openssl("pkcs8", "-topk8", "-scrypt", "-in", folder / "foreign.key", "-passout", f"file:{passphrase}", "-out", folder / "f")
    assert status == 0, said
    (folder / "foreign.pem").write_text((folder / "f").read_text() + (folder / "foreign.crt").read_text())
    return folder / "foreign.pem"


def test_the_root_goes_offline_and_comes_back(operator, office, tmp_path):
    server = operator.server
    operator.must("export", "--out", tmp_path / "offline.pem", "--offline")
    assert not operator.root_key and "key offline" in operator.must("list")
    authorities = Authorities(server.database, tmp_path)
    # Its services still answer, by a list that lasts.
    (tmp_path / "root.crl").write_bytes(fetch(f"{server.url}/pki/{authorities.ids['root']}.crl").content)
    days = "SELECT next_update > now() + interval '364 days' FROM signatures.revocation_list WHERE authority_id = '{}' ORDER BY number DESC LIMIT 1"
    assert server.database.value(days.format(authorities.ids["root"])) == "t"
    status, said = openssl("crl", "-inform", "DER", "-in", tmp_path / "root.crl", "-noout", "-CAfile", authorities / "root.pem")
    assert "verify OK" in said, said
    answered = lambda: openssl(  # noqa: E731
        "ocsp", "-issuer", authorities / "root.pem", "-cert", authorities / "issuing.pem", "-url", f"{server.url}/pki/ocsp",
        "-CAfile", authorities / "root.pem",
    )  # fmt: skip
    status, said = answered()
    assert status == 0 and "issuing.pem: good" in said, said
    assert "asked.pem: good" in ask_ocsp(server, authorities, leader_certificate(server, office), tmp_path)[1]
    operator.refused("the root's key is offline", "export", "--out", tmp_path / "again.pem")
    operator.refused("the root's key is offline", "rollover")
    operator.refused("holds the key of another root", "restore", foreign_root(tmp_path, operator.secret))
    assert not operator.root_key
    assert "restored" in operator.must("restore", operator.export) and operator.root_key
    assert "was there" in operator.must("restore", operator.export)
    # What was restored is the root's key: it can be exported again, and goes offline for what follows.
    operator.must("export", "--out", tmp_path / "second.pem", "--offline")
    operator.must("rehearse", tmp_path / "second.pem")


def test_another_key_file_is_refused(operator, tmp_path):
    settings = {"VANTHU_DATA": str(tmp_path)}
    done = operator.server.database.vanthu("ca", "restore", operator.export, "--passphrase-file", operator.secret, settings=settings)
    assert done.returncode == 1 and "the key file" in done.stderr and not list(tmp_path.iterdir())


def test_a_rollover_issues_from_the_new_authority_and_answers_for_the_old(operator, office, tmp_path):
    server = operator.server
    (tmp_path / "old").mkdir()
    old, old_certificate = Authorities(server.database, tmp_path / "old"), leader_certificate(server, office)
    if operator.root_key:
        operator.must("export", "--out", tmp_path / "offline.pem", "--offline")
    operator.refused("holds the key of another root", "rollover", "--root-key", foreign_root(tmp_path, operator.secret))
    said = operator.must("rollover", "--root-key", operator.export)
    assert "issuing active: CN=Vănthư CA nội bộ G2" in said and not operator.root_key
    (tmp_path / "new").mkdir()
    new = Authorities(server.database, tmp_path / "new")
    assert new.ids["issuing"] != old.ids["issuing"] and new.ids["root"] == old.ids["root"]
    wait_until(lambda: httpx.get(f"{server.url}/pki/{new.ids['issuing']}.cer").status_code == 200, "the server knows the rollover", 30)

    office.deputy.make_signing_key(office.PIN)
    (key,) = [k for k in office.deputy.items("/signing-keys") if k["purpose"] == "signer" and k["state"] == "valid"]
    certificate = certificate_of(server, key["id"])
    lists = []
    for kind in ("root", "issuing"):
        (tmp_path / "list.der").write_bytes(fetch(f"{server.url}/pki/{new.ids[kind]}.crl").content)
        lists.append(subprocess.run(["openssl", "crl", "-inform", "DER", "-in", tmp_path / "list.der"], capture_output=True, text=True, check=True).stdout)
    (tmp_path / "lists.pem").write_text("".join(lists))
    (tmp_path / "leaf.pem").write_text(pem(certificate))
    status, said = openssl(
        "verify", "-x509_strict", "-crl_check_all", "-CRLfile", tmp_path / "lists.pem", "-CAfile", new / "root.pem",
        "-untrusted", new / "issuing.pem", tmp_path / "leaf.pem",
    )  # fmt: skip
    assert status == 0, said
    assert "asked.pem: good" in ask_ocsp(server, new, certificate, tmp_path)[1]
    # The one before answers for what it issued, and its list goes on.
    status, said = ask_ocsp(server, old, old_certificate, tmp_path)
    assert status == 0 and "Response verify OK" in said and "asked.pem: good" in said, said
    assert fetch(f"{server.url}/pki/{old.ids['issuing']}.crl").headers["content-type"] == "application/pkix-crl"


def test_every_ceremony_stands_in_the_audit_trail(operator, office, tmp_path):
    """Under the name of who held it, in the installation's own chain. The tests before held one of each kind."""
    database = operator.server.database
    operator.must("rehearse", operator.export, "--record")
    acts = set(database.value("SELECT string_agg(DISTINCT action, ' ') FROM platform.operation_entry").split())
    assert acts >= {"ca.root.make", "ca.issuing.make", "ca.root.export", "ca.root.offline", "ca.root.restore", "ca.root.rehearse"}
    by = "SELECT count(*) FROM platform.operation_entry WHERE action = '{}' AND canonical::jsonb -> 'operator' ->> 'user' = '{}'"
    user = getpass.getuser()
    for action, count in {"ca.root.make": 1, "ca.root.export": 3, "ca.root.offline": 2, "ca.root.restore": 1, "ca.root.rehearse": 1}.items():
        assert int(database.value(by.format(action, user))) >= count, action
    assert int(database.value(by.format("ca.issuing.make", user))) >= 2, "made and rolled over"
    assert database.value(f"SELECT count(*) FROM platform.operation_entry WHERE position('{PASSPHRASE}' IN canonical) > 0") == "0"
    done = database.vanthu("audit", "verify")
    assert done.returncode == 0 and re.search(r"installation +\d+ entries, intact", done.stdout), done.stdout
    database.psql(
        "BEGIN; SET LOCAL session_replication_role = replica;"
        " UPDATE platform.operation_entry SET canonical = replace(canonical, 'ca.root.export', 'ca.root.made')"
        " WHERE action = 'ca.root.restore' OR action = 'ca.root.export'; COMMIT")
    done = database.vanthu("audit", "verify")
    assert done.returncode == 1 and "changed" in done.stdout


def test_a_server_with_another_key_file_says_so_and_ends(operator, office, tmp_path):
    other = Server(operator.server.database, tmp_path / "other", VANTHU_KEY_FILE=str(tmp_path / "other/secret"))
    with pytest.raises(AssertionError) as ended:
        other.start()
        wait_until(lambda: other.process.poll() is not None, "the server ends")
        other.is_ready()
    said = str(ended.value)
    assert "the server ended with status 1" in said and "key file" in said and str(tmp_path / "other") in said, said
    assert fetch(f"{operator.server.url}/pki/{Authorities(operator.server.database, tmp_path).ids['issuing']}.crl").status_code == 200
