extension MistakeCase {
  static let modbusDevices: [MistakeCase] = [
    MistakeCase(
      "bus: line",
      "bus: lime",
      "20:10: devices.scale.bus: there is no bus of this name in buses (found \"lime\"); did you "
        + "mean \"line\"?"
    ),
    MistakeCase(
      "unit: 3",
      "unit: 248",
      "21:11: devices.scale.unit: expected a whole number from 1 to 247 (found \"248\")"),
    MistakeCase(
      "unit: 3",
      "unit: 0",
      "21:11: devices.scale.unit: expected a whole number from 1 to 247 (found \"0\")"),
    MistakeCase(
      "    unit: 3\n",
      "",
      "19:5: devices.scale.unit: is missing"),
    MistakeCase(
      "poll: 200ms",
      "poll: 5ms",
      "22:11: devices.scale.poll: expected a duration from 10ms to 1h, such as 250ms, 5s, 6min or 1h "
        + "(found \"5ms\")"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200",
      "22:11: devices.scale.poll: expected a duration from 10ms to 1h, such as 250ms, 5s, 6min or 1h "
        + "(found \"200\")"
    ),
    MistakeCase(
      "unit: 2",
      "unit: 250",
      "35:11: devices.mill.unit: expected 0 to 247, or 255 for the server itself; those between are reserved (found \"250\")"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200ms\n    max_block: 1",
      "26:9: devices.scale.channels.weight: needs 2 registers of one moment (holding 7 to 8), but the device is asked "
        + "for at most 1 in one request (max_block)"
    ),
    MistakeCase(
      "response_timeout: 1s\ndevices:",
      "response_timeout: 1s\n    max_block: 1\ndevices:",
      "26:9: devices.scale.channels.weight: needs 2 registers of one moment (holding 7 to 8), but the device is asked "
        + "for at most 1 in one request (max_block)"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200ms\n    max_block: 2\n    heartbeat: {holding: 20, type: uint64, stale_after: 2s}\n"
        + "    identity: {holding: 1, type: uint64, equals: 5}",
      "24:16: devices.scale.heartbeat: needs 4 registers of one moment (holding 20 to 23), but the device is asked "
        + "for at most 2 in one request (max_block)",
      "25:15: devices.scale.identity: needs 4 registers of one moment (holding 1 to 4), but the device is asked "
        + "for at most 2 in one request (max_block)"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200ms\n    profile: laumas-tlb",
      "23:14: devices.scale.profile: there is no profile of this name (found \"laumas-tlb\"; looked "
        + "in /nonexistent/profiles (not there))"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200ms\n    max_age: 0s",
      "23:14: devices.scale.max_age: expected a duration from 100ms to 168h, such as 250ms, 5s, 6min "
        + "or 1h (found \"0s\")"
    ),
    MistakeCase(
      "poll: 200ms",
      "poll: 200ms\n    online: {topic: a}",
      "23:5: devices.scale.online: is for devices over MQTT; this one is on a bus"),
    MistakeCase(
      "      weight:\n        holding: 7",
      "      wieght:\n        holding: 7",
      "24:7: devices.scale.channels.wieght: unknown key; did you mean \"weight\"?"),
    MistakeCase(
      "holding: 7",
      "holding: 65536",
      "25:18: devices.scale.channels.weight.holding: expected a whole number from 0 to 65535 (found "
        + "\"65536\")"
    ),
    MistakeCase(
      "holding: 7",
      "holding: 65535",
      "25:18: devices.scale.channels.weight.holding: expected an address with room for the 2 "
        + "registers of int32 (found \"65535\")"
    ),
    MistakeCase(
      "holding: 7",
      "coil: 7",
      "25:15: devices.scale.channels.weight.coil: a number stands in holding or input registers "
        + "(found a coil)"
    ),
    MistakeCase(
      "        holding: 7\n",
      "",
      "25:9: devices.scale.channels.weight: expected one of coil, discrete_input, holding, input "
        + "with its address (found none)"
    ),
    MistakeCase(
      "holding: 7",
      "holding: 7\n        input: 7",
      "26:9: devices.scale.channels.weight.input: a value stands in one table only (found holding too)"),
    MistakeCase(
      "type: int32",
      "type: int23",
      "26:15: devices.scale.channels.weight.type: expected int16, uint16, int32, uint32, int64, "
        + "uint64, float32 or float64 (found \"int23\"); did you mean \"int32\"?"
    ),
    MistakeCase(
      "        type: int32\n",
      "",
      "25:9: devices.scale.channels.weight.type: is missing"),
    MistakeCase(
      "word_order: high_first",
      "word_order: big",
      "27:21: devices.scale.channels.weight.word_order: expected high_first or low_first (found \"big\")"),
    MistakeCase(
      "scale: 0.1",
      "scale: 0",
      "28:16: devices.scale.channels.weight.scale: expected a decimal number other than 0 (found \"0\")"),
    MistakeCase(
      "scale: 0.1",
      "scale: 0,1",
      "28:16: devices.scale.channels.weight.scale: expected a decimal number other than 0 (found \"0,1\")"),
    MistakeCase(
      "        unit: g\n",
      "        unit: gram\n",
      "29:15: devices.scale.channels.weight.unit: expected mg, g, kg, oz, lb or t (found \"gram\")"),
    MistakeCase(
      "division: 0.1g",
      "division: 0g",
      "30:19: devices.scale.channels.weight.division: expected a mass above 0 with its unit, such as "
        + "0.1g (found \"0g\")"
    ),
    MistakeCase(
      "division: 0.1g",
      "division: 0.1",
      "30:19: devices.scale.channels.weight.division: expected a mass above 0 with its unit, such as "
        + "0.1g (found \"0.1\")"
    ),
    MistakeCase(
      "bit: 11",
      "bit: 16",
      "31:35: devices.scale.channels.weight.stable.bit: expected a whole number from 0 to 15 (found \"16\")"),
    MistakeCase(
      "bit: 11",
      "bits: 11",
      "31:17: devices.scale.channels.weight.stable.bit: is missing: say which bit of the register, 0 "
        + "to 15, or give a mask",
      "31:30: devices.scale.channels.weight.stable.bits: unknown key; did you mean \"bit\"?"),
    MistakeCase(
      "{holding: 6, bit: 11}",
      "{holding: 6}",
      "31:17: devices.scale.channels.weight.stable.bit: is missing: say which bit of the register, 0 "
        + "to 15, or give a mask"
    ),
    MistakeCase(
      "{holding: 6, bit: 11}",
      "{coil: 6, bit: 11}",
      "31:27: devices.scale.channels.weight.stable.bit: is for registers; a coil is a bit already"),
    MistakeCase(
      "{holding: 6, bit: 11}",
      "{holding: 6, bit: 11, mask: 3}",
      "31:39: devices.scale.channels.weight.stable.mask: either bit or mask says what to look at (found both)"
    ),
    MistakeCase(
      "mask: 0x3F",
      "mask: 0x1FFFF",
      "32:37: devices.scale.channels.weight.invalid.mask: expected a whole number from 1 to 65535 "
        + "(found \"0x1FFFF\")"
    ),
    MistakeCase(
      "mask: 0x3F}",
      "mask: 0x3F, inverted: maybe}",
      "32:53: devices.scale.channels.weight.invalid.inverted: expected true or false (found \"maybe\")"),
    MistakeCase(
      "map: {0: idle, 1: running}",
      "map: {0: idle, 70000: running}",
      "37:46: devices.mill.channels.run_state.map.70000: expected a whole number from 0 to 65535 "
        + "(found \"70000\")"
    ),
    MistakeCase(
      "map: {0: idle, 1: running}",
      "map: {0: idle, 0x1: runing}",
      "37:51: devices.mill.channels.run_state.map.0x1: expected offline, idle, preparing, running, "
        + "paused, fault, done, canceled, failed or unknown (found \"runing\"); did you mean \"running\"?"
    ),
    MistakeCase(
      "map: {0: idle, 1: running}",
      "map: {0: idle, 1: running, 0x1: paused}",
      "37:58: devices.mill.channels.run_state.map.0x1: means the same as a word before it (found \"0x1\")"),
    MistakeCase(
      "{holding: 4, map: {0: idle, 1: running}}",
      "{holding: 4}",
      "37:18: devices.mill.channels.run_state.map: is missing: a register's numbers need a map such "
        + "as {0: idle, 1: running}"
    ),
    MistakeCase(
      "on_rising: toggle",
      "on_rising: togle",
      "38:46: devices.mill.channels.action.on_rising: expected start, pause, resume, toggle, stop or "
        + "complete (found \"togle\"); did you mean \"toggle\"?"
    ),
    MistakeCase(
      ", on_rising: toggle",
      "",
      "38:15: devices.mill.channels.action.on_rising: is missing: a wired button needs on_rising or "
        + "on_falling"
    ),
  ]
}

extension MistakeCase {
  static let mqttDevices: [MistakeCase] = [
    MistakeCase(
      "topic: shop/printer/state",
      "topic: shop/+/state",
      "41:26: devices.printer.channels.run_state.topic: expected one MQTT topic without the "
        + "wildcards + and # (found \"shop/+/state\")"
    ),
    MistakeCase(
      "topic: shop/printer/state",
      "topic: \"shop/\\0/state\"",
      "41:26: devices.printer.channels.run_state.topic: expected an MQTT topic of 1 to 65535 bytes "
        + "without control characters (found \"shop/\\u{0}/state\")"
    ),
    MistakeCase(
      "topic: shop/printer/state, ",
      "",
      "41:18: devices.printer.channels.run_state.topic: is missing"),
    MistakeCase(
      "topic: shop/printer/state",
      "holding: 3",
      "41:19: devices.printer.channels.run_state.holding: is for devices on a bus; this one names "
        + "none (give the device bus: ID)"
    ),
    MistakeCase(
      "json: energy.total",
      "json: energy..total",
      "42:49: devices.printer.channels.energy.json: path \"energy..total\", column 8: expected a "
        + "name, found \".\""
    ),
    MistakeCase(
      "unit: kWh",
      "unit: KWH",
      "42:69: devices.printer.channels.energy.unit: expected mWh, Wh, kWh or Wmin (found \"KWH\"); "
        + "did you mean \"kWh\"?"
    ),
    MistakeCase(
      "printing: running",
      "printing: runing",
      "41:75: devices.printer.channels.run_state.map.printing: expected offline, idle, preparing, "
        + "running, paused, fault, done, canceled, failed or unknown (found \"runing\"); did you mean "
        + "\"running\"?"
    ),
    MistakeCase(
      "\"false\": offline",
      "\"false\": off",
      "43:73: devices.printer.online.map.false: expected online or offline (found \"off\")"),
    MistakeCase(
      "running_above: 60W",
      "running_above: 60",
      "47:47: devices.laser.channels.run_state.running_above: expected a power such as 60W (found \"60\")"),
    MistakeCase(
      "idle_below: 15W",
      "idle_below: 75W",
      "47:64: devices.laser.channels.run_state.idle_below: expected at most running_above, 60 W "
        + "(found \"75W\")"
    ),
    MistakeCase(
      "power: {topic: shop/laser, json: apower, unit: W}",
      "energy: {topic: shop/laser, json: kwh, unit: kWh}",
      "47:25: devices.laser.channels.run_state.from: this device has no power channel to be judged "
        + "by (found power)"
    ),
    MistakeCase(
      "{topic: shop/laser, json: apower, unit: W}",
      "[shop/laser]",
      "46:14: devices.laser.channels.power: expected a mapping (found a list)"),
  ]
}
