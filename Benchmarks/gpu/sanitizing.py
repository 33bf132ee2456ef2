"""What compute-sanitizer found."""

import re

# The exit status that it is told to have when it finds something.
STATUS = 86
# How the first line of a finding begins.
FINDING = re.compile(
    "Invalid|Uninitialized|Error|Race|Program hit|Barrier|Fatal|Misaligned|Warning: Race"
)


def verdict(outcome):
    """The status of a check and its detail: the first thing found, with its place."""
    first = first_failure(outcome.output + outcome.complaints)
    rows = outcome.records
    if first:
        return "FAILED", first
    if outcome.timed_out:
        # Loading all kernels alone may take that long.
        return (
            "ok" if rows else "skipped"
        ), f"nothing in {len(rows)} operations; {outcome.complaint}"
    wrong = [row for row in rows if not row["passes"]]
    if wrong:
        return "FAILED", f"{wrong[0]['case']} is wrong"
    if outcome.status != 0:
        return "FAILED", f"after {len(rows)} operations: {outcome.complaint}"
    return "ok", f"nothing in {len(rows)} operations"


def first_failure(text):
    """The first report, and where it happened: the lines that follow it are indented."""
    lines = [line[9:] for line in text.splitlines() if line.startswith("=========")]
    for index, line in enumerate(lines):
        words = line.strip()
        if not FINDING.match(words):
            continue
        place = next(
            (
                other.strip()
                for other in lines[index + 1 : index + 4]
                if other.strip().startswith("at ")
            ),
            "",
        )
        return f"{words} {place}".strip()[:300]
    return None
