"""One report of checks, ceilings and cases."""


def _best(records, key):
    return max((record.get(key) or 0 for record in records), default=0)


def ceilings(records):
    """The most that was measured on this device, by whoever: a copy, and large products."""

    def named(prefix):
        return [record for record in records if record["case"].startswith(prefix)]

    result = {"copy GB/s": _best(named("copy_"), "gigabytesPerSecond")}
    for precision in ("float32", "tf32", "bfloat16"):
        products = [x for x in named("product_") if x.get("precision", "float32") == precision]
        result[f"{precision} product GF/s"] = _best(products, "gflops")
    return {name: round(value, 1) for name, value in result.items() if value}


def _contestant(record):
    if "peer" not in record:
        return "cajal"
    return "compiled" if "compiled" in record["peer"] else "eager"


def rows(records):
    """Cases with their precision, in their order, each with the records of all contestants."""
    result = {}
    for record in records:
        if not record.get("error"):
            case = record["case"], record.get("precision", "float32")
            result.setdefault(case, {})[_contestant(record)] = record
    return result


def text(result):
    card = result["card"]
    lines = [f"# GPU check: {card['device']}", ""]
    lines.append(
        f"{result['seconds']} s; opened in {card['seconds']:.1f} s; "
        f"PyTorch: {result['torch'] or 'none'}"
    )
    lines += ["", "| check | | seconds | detail |", "| --- | --- | ---: | --- |"]
    for check in result["checks"]:
        lines.append(
            f"| {check['check']} | {check['status']} | {check['seconds']} | {check['detail']} |"
        )
    for check in result["checks"]:
        for failure in check.get("failures", [])[:10]:
            lines.append(f"| | | | {failure['case']}: {_failure(failure)} |")
    lines += ["", "| ceiling | |", "| --- | ---: |"]
    lines += [f"| {name} | {value:,.0f} |" for name, value in result["ceilings"].items()]
    lines += [
        "",
        "| case | Cajal | of ceiling | eager | eager ÷ Cajal | compiled | compiled ÷ Cajal |",
    ]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for (name, precision), contestants in rows(result["cases"]).items():
        lines.append(_line(name, precision, contestants, result["ceilings"]))
    errors = [record for record in result["cases"] if record.get("error")]
    if errors:
        lines += ["", "Not measured:", ""]
        lines += [
            f"- {record['case']} ({_contestant(record)}): {record['error']}" for record in errors
        ]
    return "\n".join(lines)


def _failure(failure):
    if "place" in failure:
        worst = (
            "no number"
            if failure.get("worst") is None
            else f"{failure['worst']:.1f} of what is allowed"
        )
        return f"{worst} at {failure['place']}"
    return failure.get("reason") or failure["status"]


def _line(name, precision, contestants, limits):
    ours = contestants.get("cajal")
    columns = [_time(ours), _share(ours, precision, limits)]
    for peer in ("eager", "compiled"):
        record = contestants.get(peer)
        both = ours and record and ours["seconds"] > 0
        columns += [_time(record), f"{record['seconds'] / ours['seconds']:.2f}×" if both else ""]
    kind = "" if precision == "float32" else f" {precision}"
    return f"| `{name}`{kind} | " + " | ".join(columns) + " |"


def _time(record):
    return f"{record['seconds'] * 1e3:.3f} ms" if record else ""


def _share(record, precision, limits):
    """Of a copy where bytes are counted, else of a product in the same precision."""
    if not record:
        return ""
    product = f"{precision} product GF/s"
    for key, limit in (("gigabytesPerSecond", "copy GB/s"), ("gflops", product)):
        if record.get(key) and limits.get(limit):
            return f"{100 * record[key] / limits[limit]:.0f} %"
    return ""
