"""PDFs for the tests: a real letter as LibreOffice makes it, and small ones written by hand."""

import subprocess
from pathlib import Path

from machine import ROOT


def office_letter(soffice, folder):
    """The template of the project in the legal layout, converted by LibreOffice."""
    folder = Path(folder)
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", folder,
         ROOT / "Config/templates/cong-van.fodt"],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "cong-van.pdf").read_bytes()


def plain_pdf(*lines, title="paper"):
    """A correct PDF of one A4 page with lines of ASCII text. Different lines give different bytes."""
    text = "BT /F1 12 Tf 72 770 Td 16 TL " + " ".join(f"({line}) '" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) >>",
    ]
    body, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + (table + trailer).encode()


def letter_pdf():
    """A page that says what a letter must say so that number and date have their places, without LibreOffice."""
    return plain_pdf("So:          /BDHN-VP", "Ha Noi, ngay     thang     nam 2026", "Kinh gui: Cac don vi truc thuoc.")
