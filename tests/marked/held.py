"""Holds a marked copy against the workbook and the findings: argv are the original, the copy, the findings as JSON. Needs openpyxl."""

import json
import sys
import zipfile

import openpyxl

original, copy = openpyxl.load_workbook(sys.argv[1]), openpyxl.load_workbook(sys.argv[2])
findings = [f for f in json.load(open(sys.argv[3], encoding="utf-8"))["findings"] if f["cell"]]
assert copy.sheetnames == original.sheetnames + ["Findings"], copy.sheetnames
bad = {}
for finding in findings:
    sheet, cell = finding["cell"].rsplit("!", 1)
    bad.setdefault((sheet.strip("'"), cell), []).append(finding)
colours = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
grave = ["error", "warning", "info"]
for before in original:
    after = copy[before.title]
    for row in before.iter_rows(max_row=before.max_row, max_col=before.max_column):
        for cell in row:
            other = after[cell.coordinate]
            assert cell.value == other.value, (before.title, cell.coordinate, cell.value, other.value)
            if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                assert cell.number_format == other.number_format, cell.coordinate
                assert cell.font.b == other.font.b and cell.font.sz == other.font.sz, cell.coordinate
            told = bad.pop((before.title, cell.coordinate), None)
            if told:
                worst = min((f["severity"] for f in told), key=grave.index)
                assert other.fill.fgColor.rgb == colours[worst], (cell.coordinate, other.fill.fgColor.rgb)
                for finding in told:
                    assert finding["message"] in other.comment.text, (cell.coordinate, other.comment.text)
                if cell.comment:
                    assert other.comment.text.startswith(cell.comment.text), other.comment.text
            else:
                assert (other.comment.text if other.comment else None) == (cell.comment.text if cell.comment else None), cell.coordinate
                assert cell.fill.fgColor.rgb == other.fill.fgColor.rgb, cell.coordinate
    assert before.merged_cells.ranges == after.merged_cells.ranges and before.freeze_panes == after.freeze_panes
    assert len(before.conditional_formatting) == len(after.conditional_formatting) and len(before._charts) == len(after._charts)
assert not bad, f"findings of cells that are not there: {bad}"
listed = copy["Findings"]
assert listed.max_row == len(json.load(open(sys.argv[3], encoding="utf-8"))["findings"]) + 1
links = {cell.hyperlink.location for row in listed.iter_rows() for cell in row if cell.hyperlink}
assert links == {f["cell"] for f in findings}, links ^ {f["cell"] for f in findings}
for name in zipfile.ZipFile(sys.argv[2]).namelist():
    if name.endswith((".xml", ".rels", ".vml")):
        import xml.dom.minidom

        xml.dom.minidom.parseString(zipfile.ZipFile(sys.argv[2]).read(name))
