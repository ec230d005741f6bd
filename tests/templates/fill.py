"""Fills a template: rows.json says what each sheet gets, by keys. `date 2025-04-10` is typed as a date. Needs openpyxl."""

import datetime
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
for name, rows in json.load(open(sys.argv[2], encoding="utf-8")).items():
    sheet = book[name]
    heads = {str(cell.value).lower().replace(" ", "_"): cell.column for cell in sheet[1]}
    for line, row in enumerate(rows, start=3):
        for key, value in row.items():
            cell = sheet.cell(line, heads[key])
            if isinstance(value, str) and value.startswith("date "):
                value = datetime.date.fromisoformat(value[5:])
            cell.value = value
            if isinstance(value, datetime.date):
                cell.number_format = "dd/mm/yyyy"
book.save(sys.argv[3])
