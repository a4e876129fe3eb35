"""Makes the binary documents of this folder:
`pip install reportlab python-docx pypdf[crypto] msoffcrypto-tool pyzipper`.

All texts were written for this project and are in the public domain (CC0).
"""

import gzip
import struct
import zipfile
import zlib

import pyzipper
from docx import Document
from msoffcrypto.format.ooxml import OOXMLFile
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

PARAGRAPHS = [
    "You can return any item within 30 days of delivery, as long as it is unused and in its "
    "original packaging.",
    "Refunds are paid to the original payment method within five working days; 4.90 \u20ac for "
    "express shipping are not refunded. Ask Zo\u00eb if in doubt.",
]


def pdf(name, **options):
    styles = getSampleStyleSheet()
    story = [Paragraph("Returns and refunds", styles["Title"]), Spacer(1, 12)]
    story += [Paragraph(PARAGRAPHS[0], styles["BodyText"]), PageBreak()]
    story += [Paragraph("When you get your money back", styles["Heading2"])]
    story += [Paragraph(PARAGRAPHS[1], styles["BodyText"])]
    SimpleDocTemplate(name, pagesize=A4, invariant=1, **options).build(story)


def docx(name):
    document = Document()
    document.add_heading("Returns and refunds", 1)
    document.add_paragraph(PARAGRAPHS[0])
    document.add_heading("When you get your money back", 2)
    document.add_paragraph(PARAGRAPHS[1])
    document.add_paragraph("Terms & conditions <apply>.")
    table = document.add_table(rows=0, cols=2)
    for left, right in [("Lamp", "30 days"), ("Gift card", "never")]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = left, right
    document.save(name)


def bomb(name, size):
    """A DOCX whose text is a few megabytes of packed spaces."""
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(b"<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>")
            for _ in range(size // 65536):
                part.write(b"x" * 65536)
            part.write(b"</w:t></w:r></w:p></w:body></w:document>")


def scan(name):
    page = canvas.Canvas(name, pagesize=A4, invariant=1)
    page.rect(100, 100, 200, 300, fill=1)
    page.save()


def encrypted(name):
    writer = PdfWriter(clone_from=PdfReader("returns.pdf"))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(name)


def encrypted_office(name):
    """As Word does it: the DOCX is a stream of the container that Office had before 2007."""
    with open("returns.docx", "rb") as plain, open(name, "wb") as file:
        OOXMLFile(plain).encrypt("secret", file)


def word_97(name):
    """A container with the one stream that Word 97 knew its files by."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    text = "\r".join(PARAGRAPHS).encode("windows-1252")
    stream = (struct.pack("<HH", 0xA5EC, 0x00C1) + bytes(508) + text).ljust(4096, b"\0")
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    chain = [fat, end, *range(3, 10), end]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))

    def entry(title, kind, child, start, size):
        word = bytes.fromhex("0609020000000000C000000000000046") if kind == 5 else bytes(16)
        named = title.encode("utf-16-le").ljust(64, b"\0")
        links = struct.pack("<HBBIII", 2 * len(title) + 2, kind, 1, free, free, child)
        return named + links + word + bytes(20) + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, end, 0) + entry("WordDocument", 2, free, 2, len(stream))
    with open(name, "wb") as file:
        file.write(head + table + folder.ljust(512, b"\0") + stream)


def locked(name, inside):
    """A ZIP with a password."""
    options = {"compression": pyzipper.ZIP_DEFLATED, "encryption": pyzipper.WZ_AES}
    with pyzipper.AESZipFile(name, "w", **options) as archive:
        archive.setpassword(b"secret")
        for part, content in inside.items():
            archive.writestr(part, content)


def parts(name):
    with zipfile.ZipFile(name) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def raw(name, *objects):
    """A PDF of these objects, as no program would write it."""
    data, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    with open(name, "wb") as file:
        file.write(data + head + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(data))


def drawing(name, content, pages):
    """Pages that share one drawing."""
    packed = zlib.compress(content, 9)
    kids = b" ".join(b"%d 0 R" % (5 + page) for page in range(pages))
    raw(
        name,
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        *[
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents 4 0 R>>"
            for _ in range(pages)
        ],
    )


catalogue = b"<</Type/Catalog/Pages 2 0 R>>"
raw("loop.pdf", catalogue, b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>")
drawing("bomb.pdf", b" " * (20 * 1024 * 1024), 1)
drawing("shared.pdf", b"BT /F1 12 Tf (all work and no play) Tj ET\n" * 1000, 200)
pdf("returns.pdf")
pdf("truncated.pdf")
with open("truncated.pdf", "r+b") as file:
    file.truncate(700)
docx("returns.docx")
scan("scanned.pdf")
encrypted("encrypted.pdf")
bomb("bomb.docx", 64 * 1024 * 1024)
with open("bomb.txt.gz", "wb") as file:
    file.write(gzip.compress(bytes(64 * 1024 * 1024), mtime=0))
with open("minutes.txt", "rb") as plain, open("minutes.txt.gz", "wb") as file:
    file.write(gzip.compress(plain.read(), mtime=0))
with open("twice.txt.gz", "wb") as file:
    with open("minutes.txt.gz", "rb") as packed:
        file.write(gzip.compress(packed.read(), mtime=0))
encrypted_office("encrypted.docx")
word_97("letter.doc")
locked("locked.docx", parts("returns.docx"))
locked("locked.zip", {"minutes.txt": "Nobody needs to read this."})
