"""Writes the workbooks that the cases read: run it after a change here. Needs openpyxl."""

import datetime
import io
import pathlib
import random
import zipfile

import openpyxl
from openpyxl.styles import numbers

HERE = pathlib.Path(__file__).parent


def save(book, case, name):
    """Saves a workbook whose bytes are the same in every run."""
    then = datetime.datetime(2025, 12, 31)
    book.properties.created = book.properties.modified = then
    whole = io.BytesIO()
    book.save(whole)
    path = HERE / case / "data/s" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part in parts.namelist():
            text = parts.read(part)
            if part == "docProps/core.xml":
                start = text.index(b"<dcterms:modified")
                text = text[:start] + text[text.index(b"</dcterms:modified>") + 19 :]
            out.writestr(zipfile.ZipInfo(part, (2025, 12, 31, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def shown(cell, value, code):
    cell.value = value
    cell.number_format = code


book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Organizations"
sheet.append([])
sheet.append(["id", "name", None, "name@ur", "section"])
sheet.append(["net", "Net; a network, of two", None, None, 1])
sheet.append([])
sheet.append(["cfhr", "Centre for\nRights", None, "مرکز", 1.1])
sheet.append(["cgr", True, None, None, 1])
sheet.append(["a1", 2025, None, None, 1])
sheet.append(["a2", 0.1, None, None, 1])
sheet["B8"].number_format = "0.00"
sheet.append(["a3", " Third ", None, None, 1])
sheet = book.create_sheet("memberships")
sheet.append(["member", "organization", "role", "when", "section", "at"])
for row, (value, code) in enumerate(
    [
        (datetime.date(2025, 9, 30), "dd.mm.yyyy"),
        (datetime.date(2025, 9, 1), "mmm yyyy"),
        (datetime.date(2024, 1, 1), "yyyy"),
        (2023, "General"),
        ("2022/..", "@"),
    ],
    start=2,
):
    sheet.append([["cfhr", "cgr", "a1", "a2", "a3"][row - 2], "net", "member", None, 1, f"p{row - 1};p9"])
    shown(sheet.cell(row, 4), value, code)
book.create_sheet("My notes").append(["nothing that civigraph reads"])
save(book, "lift/workbook", "members.xlsx")

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Our organizations"
sheet.append(["id", "name", "nmae", "section"])
sheet.append(["net", "Net", None, 1])
sheet.append(["cfhr", "=A1", None, 1])
sheet.append(["cgr", "#REF!", None, 9])
sheet["B4"].data_type = "e"
sheet.append(["bnu", "BNU", None, 1, None, "too far"])
sheet = book.create_sheet("memberships")
sheet.append(["member", "organization", "role", "when", "section"])
sheet.append(["cfhr", "nett", "member", datetime.datetime(2025, 9, 30, 10, 30), 1])
book.create_sheet("Old list").append(["id", "name"])
book["Old list"].sheet_state = "hidden"
book.create_sheet("Organisations").append(["id", "name"])
save(book, "findings/workbook", "members.xlsx")

(HERE / "broken/workbook-damaged/data/s").mkdir(parents=True, exist_ok=True)
(HERE / "broken/workbook-damaged/data/s/organizations.xlsx").write_bytes(random.Random(1).randbytes(300))
