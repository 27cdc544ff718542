#!/usr/bin/python3
"""Holds messages of Chargehand against a schema, and drafts against EN 16931, with no code of Chargehand's.

    validate.py SCHEMA DOCUMENT...

SCHEMA is a file of docs/schema; `FILE#NAME` is one of its $defs. Every DOCUMENT has to fit it, by the validator of
python3-jsonschema. Those that are invoice drafts are mapped to the terms of EN 16931 too, and have to keep its rules
for totals. Prints one line for each fault; the exit status is 1 if there is any.
"""

import json
import sys
from decimal import Decimal

from jsonschema import Draft202012Validator


def schema(name):
    """The schema that a file, or a definition in it, is."""
    path, _, definition = name.partition("#")
    with open(path, encoding="utf-8") as file:
        whole = json.load(file)
    Draft202012Validator.check_schema(whole)
    return {"$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]} if definition else whole


def mapped(draft):
    """A draft in the terms of EN 16931: the amounts of BG-22, BG-23, and of each line.

    What a customer keeps of a progress draw has no term of its own: it counts as paid (BT-113), so that the amount
    due (BT-115) is what is to be paid now.
    """
    total = {name: Decimal(amount) for name, amount in draft["totals"].items()}
    return {
        "BT-106": total["lines_net"],
        "BT-107": total["allowances"],
        "BT-108": total["charges"],
        "BT-109": total["tax_exclusive"],
        "BT-110": total["tax"],
        "BT-112": total["tax_inclusive"],
        "BT-113": total["prepaid"] + total["retainage"],
        "BT-115": total["payable"],
        # Allowances and charges of the document are of no use yet: the lists are empty.
        "BG-20": [Decimal(one["amount"]) for one in draft["allowances"]],
        "BG-21": [Decimal(one["amount"]) for one in draft["charges"]],
        "BG-23": [
            {
                "BT-116": Decimal(tax["taxable"]),
                "BT-117": Decimal(tax["tax"]),
                "BT-118": tax["category"],
                "BT-119": Decimal(tax["rate"]),
            }
            for tax in draft["tax_breakdown"]
        ],
        "BG-25": [
            {
                "BT-131": Decimal(line["net_amount"]),
                "BT-151": line["tax"]["category"],
                "BT-152": Decimal(line["tax"]["rate"]),
            }
            for line in draft["lines"]
        ],
    }


def broken(invoice):
    """The rules that an invoice in those terms breaks, each as a sentence."""
    term = invoice.get
    taxes, lines = invoice["BG-23"], invoice["BG-25"]
    rules = [
        ("BR-CO-10", "BT-106", sum(line["BT-131"] for line in lines)),
        ("BR-CO-11", "BT-107", sum(invoice["BG-20"])),
        ("BR-CO-12", "BT-108", sum(invoice["BG-21"])),
        ("BR-CO-13", "BT-109", term("BT-106") - term("BT-107") + term("BT-108")),
        ("BR-CO-14", "BT-110", sum(tax["BT-117"] for tax in taxes)),
        ("BR-CO-15", "BT-112", term("BT-109") + term("BT-110")),
        ("BR-CO-16", "BT-115", term("BT-112") - term("BT-113")),
    ]
    faults = [f"{rule}: {name} is {term(name)}, not {is_}" for rule, name, is_ in rules if term(name) != is_]
    # BG-23 is of the lines: one group for each category and rate, as BR-S-1, BR-S-8 and their like have it.
    groups = [(tax["BT-118"], tax["BT-119"]) for tax in taxes]
    if len(groups) != len(set(groups)):
        faults.append(f"BG-23: a category and rate stands twice in {groups}")
    for tax in taxes:
        own = [line["BT-131"] for line in lines if (line["BT-151"], line["BT-152"]) == (tax["BT-118"], tax["BT-119"])]
        if sum(own) != tax["BT-116"]:
            faults.append(f"BG-23: BT-116 of {tax['BT-118']} {tax['BT-119']} % is {tax['BT-116']}, not {sum(own)}")
    for line in lines:
        if (line["BT-151"], line["BT-152"]) not in groups:
            faults.append(f"BG-23: there is no group for {line['BT-151']} {line['BT-152']} %")
    return faults


def main(name, documents):
    validator = Draft202012Validator(schema(name))
    faults = 0
    for path in documents:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
        if not found and str(document.get("schema")).startswith("chargehand/invoice-draft/"):
            found = broken(mapped(document))
        for fault in found:
            print(f"{path}: {fault}")
        faults += len(found)
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
