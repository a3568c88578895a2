"""Sample counties exist only where the project is developed; elsewhere their comparison is not collected at all."""

from tests.integration.samples import COUNTIES

collect_ignore = [] if COUNTIES else ["test_sample_answers.py"]
