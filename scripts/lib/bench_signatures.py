"""Runs the benchmark of signatures, times pyHanko on the same files, and prints both. Called by scripts/bench-signatures."""

import argparse
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import zlib

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

EXTENSIONS = """
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[leaf]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


def authorities(folder):
    """A root, an issuer, and a key of each kind, by OpenSSL's command."""

    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], cwd=folder, check=True, capture_output=True)

    with open(os.path.join(folder, 'extensions.cnf'), 'w', encoding='ascii') as file:
        file.write(EXTENSIONS)
    p256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    for name, algorithm in (('root', p256), ('issuer', p256), ('p256', p256), ('rsa', ['rsa:2048'])):
        openssl('req', '-newkey', *algorithm, '-nodes', '-keyout', name + '.key', '-out', name + '.csr', '-subj',
                f'/C=VN/O=Benchmark/CN={name}')
        issuer = {'root': None, 'issuer': 'root'}.get(name, 'issuer')
        signer = ['-CA', issuer + '.pem', '-CAkey', issuer + '.key'] if issuer else ['-signkey', 'root.key']
        openssl('x509', '-req', '-in', name + '.csr', *signer, '-set_serial', str(1 + hash(name) % (1 << 62)), '-days',
                '30', '-extfile', 'extensions.cnf', '-extensions', 'ca' if name in ('root', 'issuer') else 'leaf',
                '-out', name + '.pem')
        openssl('x509', '-in', name + '.pem', '-outform', 'DER', '-out', name + '.der')


def document(size):
    """A PDF with a classic table whose pages' pictures make it as large as asked for."""
    pages = 8
    picture = os.urandom(size // pages)
    output = bytearray(b'%PDF-1.7\n')
    offsets = []

    def add(body):
        offsets.append(len(output))
        output.extend(b'%d 0 obj\n%b\nendobj\n' % (len(offsets), body))

    add(b'<</Type/Catalog/Pages 2 0 R>>')
    kids = b' '.join(b'%d 0 R' % (3 + 3 * page) for page in range(pages))
    add(b'<</Type/Pages/Kids[%b]/Count %d>>' % (kids, pages))
    for page in range(pages):
        number = 3 + 3 * page
        add(b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>'
            % (number + 2, number + 1))
        content = zlib.compress(b'q 400 0 0 400 90 200 cm /I Do Q')
        add(b'<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream' % (len(content), content))
        add(b'<</Type/XObject/Subtype/Image/Width %d/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>\n'
            b'stream\n%b\nendstream' % (len(picture), len(picture), picture))
    start = len(output)
    output.extend(b'xref\n0 %d\n0000000000 65535 f \n' % (len(offsets) + 1))
    for offset in offsets:
        output.extend(b'%010d 00000 n \n' % offset)
    output.extend(b'trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (len(offsets) + 1, start))
    return bytes(output)


def times(rounds, body):
    body()
    result = []
    for _ in range(rounds):
        start = time.perf_counter()
        body()
        result.append(time.perf_counter() - start)
    return result


def pyhanko(folder, small, large, rounds):
    """As it comes, and with the key kept and the size of the signature given, which is its best."""
    logging.disable(logging.CRITICAL)

    def path(name):
        return os.path.join(folder, name)

    def load(name):
        return signers.SimpleSigner.load(
            path(name + '.key'), path(name + '.pem'), ca_chain_files=(path('issuer.pem'),),
            prefer_pss=name == 'rsa')

    def sign(pdf, signer, **options):
        output = io.BytesIO()
        meta = signers.PdfSignatureMetadata(
            field_name=options.pop('field', 'Sig'), md_algorithm='sha256', subfilter=fields.SigSeedSubFilter.PADES)
        signers.PdfSigner(meta, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output, **options)
        return output.getvalue()

    results = {}
    for name, key in (('RSA-2048', 'rsa'), ('P-256', 'p256')):
        kept = load(key)
        for size, pdf in (('100 KB', small), ('10 MB', large)):
            results[f'pyHanko {name} {size}'] = times(rounds, lambda: sign(pdf, load(key)))
            results[f'pyHanko at its best {name} {size}'] = times(
                rounds, lambda: sign(pdf, kept, bytes_reserved=32768))
    root = x509.Certificate.load(open(path('root.der'), 'rb').read())
    for size, pdf in (('100 KB', small), ('10 MB', large)):
        for number in range(4):
            pdf = sign(pdf, kept, field=f'Sig{number}')

        def verify():
            for signature in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
                context = ValidationContext(trust_roots=[root], allow_fetching=False)
                assert validate_pdf_signature(signature, context).bottom_line

        results[f'pyHanko verify 4 {size}'] = times(rounds, verify)
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('rounds', type=int)
    parser.add_argument('--json')
    parser.add_argument('--strict', action='store_true')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        authorities(folder)
        small, large = document(100_000), document(10_000_000)
        for name, pdf in (('small.pdf', small), ('large.pdf', large)):
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(pdf)
        ours = subprocess.run([options.program, folder, str(options.rounds)], check=True, capture_output=True).stdout
        results = json.loads(ours)
        results.update(pyhanko(folder, small, large, max(5, options.rounds // 10)))
    figures = {}
    for name, seconds in results.items():
        seconds.sort()
        figures[name] = {'p50_ms': seconds[len(seconds) // 2] * 1e3, 'p95_ms': seconds[int(len(seconds) * 0.95)] * 1e3}

    def p50(name):
        return figures[name]['p50_ms']

    print(f'{"median (95th percentile), ms":34}{"ours":>18}{"OpenSSL CMS":>18}{"pyHanko":>20}{"pyHanko at its best":>22}')

    def cell(name):
        figure = figures.get(name)
        return f'{figure["p50_ms"]:.2f} ({figure["p95_ms"]:.2f})' if figure else '–'

    for size in ('100 KB', '10 MB'):
        for key in ('RSA-2048', 'P-256'):
            case = f'{key} {size}'
            print(f'{"sign B-B, " + case:34}{cell("sign " + case):>18}{cell("raw " + case):>18}'
                  f'{cell("pyHanko " + case):>20}{cell("pyHanko at its best " + case):>22}')
    for size in ('100 KB', '10 MB'):
        print(f'{"verify 4 signatures, " + size:34}{cell("verify 4 " + size):>18}{"–":>18}'
              f'{cell("pyHanko verify 4 " + size):>20}')
    targets = {
        'RSA-2048 on 100 KB within 3 ms': p50('sign RSA-2048 100 KB') <= 3,
        'P-256 on 100 KB within 1.5 ms': p50('sign P-256 100 KB') <= 1.5,
        'RSA-2048 on 10 MB within 1.6 × OpenSSL': p50('sign RSA-2048 10 MB') <= 1.6 * p50('raw RSA-2048 10 MB'),
        'P-256 on 10 MB within 1.6 × OpenSSL': p50('sign P-256 10 MB') <= 1.6 * p50('raw P-256 10 MB'),
        '4 signatures of 100 KB verified within 10 ms': p50('verify 4 100 KB') <= 10,
    }
    for target, is_met in targets.items():
        print(('met     ' if is_met else 'MISSED  ') + target)
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump({'rounds': options.rounds, 'figures': figures, 'targets': targets}, file, indent=2, ensure_ascii=False)
            file.write('\n')
    sys.exit(0 if all(targets.values()) or not options.strict else 1)


if __name__ == '__main__':
    main()
