"""The report of a run: a page for people, JSON and CSV for machines, and the list of what a person should look at."""

from .finish import ReportOutcome, prove_and_report
from .review import review_items, write_review
from .write import write_report

__all__ = ["ReportOutcome", "prove_and_report", "review_items", "write_report", "write_review"]
