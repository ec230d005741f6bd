#!/usr/bin/env python3
"""Makes the two font files of this folder from a published package: `python3 subset.py` writes the same bytes anywhere.

Needs npm, and Python with fonttools and brotli (`pip install fonttools==4.68.0 brotli==1.2.1`). All letters for Arabic script
that the package has are kept with what joins them, stacks their marks and makes ligatures; hints for coarse screens are not. What
is never seen has no ink: PDF pages set it at the ends of letters that are made of several glyphs.
"""

import os
import subprocess
import tarfile
import tempfile

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

PACKAGE = "@fontsource/noto-sans-arabic@5.3.0"
HERE = os.path.dirname(os.path.abspath(__file__))

with tempfile.TemporaryDirectory() as folder:
    packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(os.path.join(folder, packed.stdout.split()[-1])) as archive:
        for weight, name in [(400, "Regular"), (700, "Bold")]:
            member = archive.extractfile(f"package/files/noto-sans-arabic-arabic-{weight}-normal.woff2")
            font = TTFont(member, recalcTimestamp=False)
            options = subset.Options()
            options.layout_features = ["*"]
            options.hinting = False
            options.notdef_outline = True
            options.name_IDs = ["*"]
            options.name_languages = ["*"]
            options.glyph_names = False
            options.drop_tables += ["STAT", "prep", "gasp"]
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=list(font.getBestCmap()))
            cutter.subset(font)
            for joiner in (0x200C, 0x200D):
                font["glyf"][font.getBestCmap()[joiner]] = Glyph()
                font["hmtx"][font.getBestCmap()[joiner]] = (0, 0)
            font.flavor = None
            font.save(os.path.join(HERE, f"NotoSansArabic-{name}.ttf"), reorderTables=True)
        with open(os.path.join(HERE, "OFL.txt"), "wb") as licence:
            licence.write(archive.extractfile("package/LICENSE").read())
