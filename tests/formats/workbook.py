"""Lets openpyxl read the escapes of texts (`_x000D_`) as ECMA-376 has them: it drops `x005F_` and leaves the rest."""
import re
import openpyxl.reader.excel as excel
from openpyxl.cell.text import Text
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

def strings(source):
    texts = [Text.from_tree(node).content for _, node in iterparse(source) if node.tag == "{%s}si" % SHEET_MAIN_NS]
    return [re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text) for text in texts]

excel.read_string_table = strings
