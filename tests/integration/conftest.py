"""Some tests need what not every machine has, and are not collected at all where it is missing.

The sample counties exist only where the project is developed; pictures of papers need LibreOffice and poppler.
"""

import shutil

from tests.integration.samples import COUNTIES

collect_ignore = [] if COUNTIES else ["test_sample_answers.py"]
if not all(map(shutil.which, ("soffice", "pdftoppm", "pdftotext", "pdfinfo"))):
    collect_ignore.append("test_deliver_pictures.py")
