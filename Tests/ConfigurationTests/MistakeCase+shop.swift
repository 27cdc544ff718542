extension MistakeCase {
  static let workCenters: [MistakeCase] = [
    MistakeCase(
      "    run_state: mill\n",
      "    run_state: scale\n",
      "50:16: work_centers.mill.run_state: the device scale has no run_state channel (found \"scale\")"),
    MistakeCase(
      "scales: [scale]",
      "scales: [scales]",
      "51:14: work_centers.mill.scales[0]: there is no device of this name in devices (found "
        + "\"scales\"); did you mean \"scale\"?"
    ),
    MistakeCase(
      "scales: [scale]",
      "scales: scale",
      "51:13: work_centers.mill.scales: expected a list (found \"scale\")"),
    MistakeCase(
      "energy: printer, ",
      "energy: printer, scales: [scale], ",
      "55:65: work_centers.printer.scales[0]: the weight of scale is used by the work center mill "
        + "already and would be counted twice (found \"scale\")"
    ),
    MistakeCase(
      "    machine_rate: mill",
      "    machine_rate: mil",
      "53:19: work_centers.mill.machine_rate: there is no machine rate of this name in "
        + "price_list.machines (found \"mil\"); did you mean \"mill\"?"
    ),
    MistakeCase(
      "max_use_rate: 500g/min",
      "max_use_rate: 500g",
      "54:19: work_centers.mill.max_use_rate: expected a rate above 0 of mass by min or h, such as "
        + "500g/min (found \"500g\")"
    ),
    MistakeCase(
      "    machine_rate: mill",
      "    task: {match: '^(?<job>J-[0-9]+)'}\n    machine_rate: mill",
      "53:11: work_centers.mill.task: the device that tells the run state has no task channel; name one that has "
        + "by device"),
    MistakeCase(
      "    machine_rate: mill",
      "    task: {match: '^(J-[0-9]+)', device: mill}\n    machine_rate: mill",
      "53:19: work_centers.mill.task.match: expected a regular expression with a group job, such as "
        + "^(?<job>JOB-[0-9]+) (found \"^(J-[0-9]+)\")",
      "53:42: work_centers.mill.task.device: the device mill has no task channel (found \"mill\")"),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "run_ends: {idle: 10min}",
      "56:45: work_centers.laser.run_ends.idle_for: is missing",
      "56:46: work_centers.laser.run_ends.idle: unknown key; known here: idle_for"),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "run_ends: never",
      "56:45: work_centers.laser.run_ends: expected done, command or {idle_for: 10min} (found \"never\")"),
    MistakeCase(
      " run_state: laser, run_ends",
      " run_ends",
      "56:27: work_centers.laser.run_ends: a run can end by itself only where run_state names a "
        + "device (found a mapping)"
    ),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "billable: [runnig]",
      "56:46: work_centers.laser.billable[0]: expected offline, idle, preparing, running, paused, "
        + "fault, done, canceled, failed or unknown (found \"runnig\"); did you mean \"running\"?"
    ),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "billable: [unknown]",
      "56:46: work_centers.laser.billable[0]: a time without data cannot be billed as a state, for a gap that is "
        + "held would be billed twice; say on_gap: bill (found \"unknown\")"),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "on_gap: ignore",
      "56:43: work_centers.laser.on_gap: expected bill, skip or hold (found \"ignore\")"),
    MistakeCase(
      "run_ends: {idle_for: 10min}",
      "feedback: {ok: green}",
      "56:45: work_centers.laser.feedback.topic: is missing"),
  ]
}

extension MistakeCase {
  static let prices: [MistakeCase] = [
    MistakeCase(
      "price: 24.90/kg",
      "price: 24,90/kg",
      "59:29: price_list.materials.pla.price: expected a price such as 24.90/kg or 24.90/g (found \"24\")",
      "59:32: price_list.materials.pla.90/kg: unknown key; known here: name, price, tax, markup"),
    MistakeCase(
      "price: 24.90/kg",
      "price: 24.90/h",
      "59:29: price_list.materials.pla.price: expected a price such as 24.90/kg or 24.90/g (found "
        + "\"24.90/h\")"
    ),
    MistakeCase(
      "price: 24.90/kg",
      "price: -1/kg",
      "59:29: price_list.materials.pla.price: expected an exact price such as 24.90/kg or 24.90/g "
        + "(found \"-1/kg\")"
    ),
    MistakeCase(
      "{price: 6.00/h",
      "{price: 6.00/kg",
      "61:18: price_list.machines.mk4.price: expected a price such as 24.90/h or 24.90/min (found "
        + "\"6.00/kg\")"
    ),
    MistakeCase(
      "price: 45.00/h",
      "price: 45.00",
      "64:22: price_list.labor.sanding.price: expected a price such as 24.90/h or 24.90/min (found \"45.00\")"
    ),
    MistakeCase(
      "price: 0.21/kWh",
      "price: 0.21/Wh",
      "65:19: price_list.energy.price: expected an exact price such as 24.90/kWh (found \"0.21/Wh\")"),
    MistakeCase(
      "price: 35.00",
      "price: 1e3",
      "67:21: price_list.services.design.price: expected an exact price such as 35.00 (found \"1e3\")"),
    MistakeCase(
      "setup: 20.00",
      "setup: 2e1",
      "62:68: price_list.machines.mill.setup: expected an amount of 0 or more, such as 20.00 (found \"2e1\")"),
    MistakeCase(
      "price: 35.00",
      "price: 35.00/h",
      "67:21: price_list.services.design.price: expected a price such as 35.00 (found \"35.00/h\")"),
    MistakeCase(
      "markup: none",
      "markup: 5%",
      "67:49: price_list.services.design.markup: expected none (found \"5%\")"),
    MistakeCase(
      "markup: 15%",
      "markup: 15",
      "68:11: price_list.markup: expected a percentage from -100% to 1000%, such as 15% (found \"15\")"),
    MistakeCase(
      "markup: 15%",
      "markup: 1001%",
      "68:11: price_list.markup: expected a percentage from -100% to 1000%, such as 15% (found \"1001%\")"),
    MistakeCase(
      "markup: 15%",
      "markup: {material: 20, parts: 5%}",
      "68:22: price_list.markup.material: expected a percentage from -100% to 1000%, such as 15% (found \"20\")",
      "68:26: price_list.markup.parts: unknown key; known here: material, machine, fee, labor, energy, service, others"
    ),
    MistakeCase(
      "markup: 15%",
      "outcomes: {done: 50%, failed: 101%, canceled: {labor: 0%}}",
      "68:14: price_list.outcomes.done: unknown key; known here: failed, canceled",
      "68:33: price_list.outcomes.failed: expected a percentage from 0% to 100%, such as 15% (found \"101%\")",
      "68:50: price_list.outcomes.canceled.labor: unknown key; known here: machine, material, energy, others"),
    MistakeCase(
      "design: {price: 35.00",
      "design: {name: 'Revision, {titel}', price: 35.00",
      "67:20: price_list.services.design.name: a name has places for {job}, {title}, {order_ref}, {po_number}, {customer}, {customer_name} (found \"{titel}\"); did you mean \"title\"?"
    ),
    MistakeCase(
      "markup: 15%",
      "prices_include_tax: 1",
      "68:23: price_list.prices_include_tax: expected true or false (found \"1\")"),
    MistakeCase(
      "increment: 6min",
      "increment: 0min",
      "62:39: price_list.machines.mill.increment: expected a duration from 1ms to 24h, such as "
        + "250ms, 5s, 6min or 1h (found \"0min\")"
    ),
    MistakeCase(
      "setup: 20.00",
      "setup: -20",
      "62:68: price_list.machines.mill.setup: expected an amount of 0 or more, such as 20.00 (found "
        + "\"-20\")"),
    MistakeCase(
      "rate: 8.25%",
      "rate: 0%",
      "70:36: price_list.taxes.standard.category: the standard category has a rate above 0; use Z or "
        + "E (found 0%)"
    ),
    MistakeCase(
      "rate: 0%",
      "rate: 5%",
      "71:20: price_list.taxes.exempt.rate: the category E has the rate 0% (found 5%)"),
    MistakeCase(
      ", reason: Exempt",
      "",
      "71:13: price_list.taxes.exempt.reason: is missing: the category E needs a reason"),
    MistakeCase(
      "category: S",
      "category: X",
      "70:39: price_list.taxes.standard.category: expected S, E, Z, AE, K, G or O (found \"X\")"),
    MistakeCase(
      "{name: PLA, price: 24.90/kg, tax: standard}",
      "{name: PLA, price: 24.90/kg, tax: standrad}",
      "59:44: price_list.materials.pla.tax: there is no tax of this name in price_list.taxes (found "
        + "\"standrad\"); did you mean \"standard\"?"
    ),
    MistakeCase(
      "pla: {name",
      "pla black: {name",
      "59:5: price_list.materials.\"pla black\": expected an id of 1 to 64 of A-Z a-z 0-9 . _ - "
        + "(found \"pla black\")"
    ),
  ]
}

extension MistakeCase {
  static let customersAndTheFile: [MistakeCase] = [
    MistakeCase(
      "ref: acme",
      "ref: acme, name: Acme Robotics",
      "73:38: customers.acme.name: the key is given twice (first on line 73)"),
    MistakeCase(
      "  - {ref: acme,",
      "  - {ref: acme}\n  - {ref: acme,",
      "74:11: customers.acme.ref: is given to two entries (found \"acme\" again)"),
    MistakeCase(
      "delivery: draft",
      "delivery: auto",
      "73:52: customers.acme.delivery: expected draft or auto_send (found \"auto\")"),
    MistakeCase(
      "markup: 20%",
      "markup: -101%",
      "73:37: customers.acme.markup: expected a percentage from -100% to 1000%, such as 15% (found \"-101%\")"
    ),
    MistakeCase(
      "customers:\n",
      "customer:\n",
      "72:1: customer: unknown key; did you mean \"customers\"?"),
    MistakeCase(
      "gateway:\n",
      "gateway: [\n",
      "4:7: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
    MistakeCase(
      "  name: North Street\n",
      "  name: \"North\n",
      "43:49: not valid YAML: while parsing a block mapping, did not find expected key"),
    MistakeCase(
      "  name: North Street\n",
      "\tname: North Street\n",
      "4:1: not valid YAML: while scanning a plain scalar, found a tab character that violates indentation"),
    MistakeCase(
      "  name: North Street\n",
      "  name: *street\n",
      "4:9: not valid YAML: found undefined alias"),
    MistakeCase(
      "  name: North Street\n",
      "  name: \"\"\n",
      "4:9: gateway.name: expected a text of 1 to 200 bytes on one line (found \"\")"),
    MistakeCase(
      "  name: North Street\n",
      "  name:\n",
      "4:8: gateway.name: expected a text of 1 to 200 bytes on one line (found nothing)"),
  ]
}
