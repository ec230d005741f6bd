"""Writes the workbook whose findings are marked: with a comment, a colour, a chart and a conditional format of its own. Needs openpyxl."""

import datetime
import sys

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Our members"
sheet["A1"] = "River Alliance – list of members"
sheet.merge_cells("A1:F1")
sheet["A1"].font = Font(bold=True, size=16)
for column, head in enumerate(["id", "name", "homepage", "classification", "from", "note"], 1):
    sheet.cell(4, column, head).fill = PatternFill("solid", fgColor="FFD9EAD3")
rows = [
    ["maji", "Maji Safi Trust", "www.maji.example.org", "non-governmental organization", datetime.date(2015, 3, 1), "+254 720 123 456"],
    ["awash", "Water for Awash", "not a site", "non-governmentl-organization", "10/06/2015", None],
    ["Wasser Süd", "Wasserwerk Süd", None, "company", "June 2016", "1.250,50"],
    ["lake", None, None, None, None, "has no name"],
]
for row, cells in enumerate(rows, 5):
    for column, value in enumerate(cells, 1):
        sheet.cell(row, column, value)
sheet["E5"].number_format = "dd.mm.yyyy"
sheet["C6"].comment = Comment("ask Almaz about it", "Tesfaye")
sheet.conditional_formatting.add("E5:E20", CellIsRule(operator="greaterThan", formula=["5"], fill=PatternFill("solid", bgColor="FF00FF00")))
more = book.create_sheet("Memberships")
more.append(["member", "organization", "role", "from"])
more.append(["maji", "river-aliance", "coordinater", datetime.date(2020, 1, 1)])
more.freeze_panes = "A2"
chart = BarChart()
chart.add_data(Reference(sheet, min_col=5, min_row=4, max_row=8))
more.add_chart(chart, "F2")
book.save(sys.argv[1])
