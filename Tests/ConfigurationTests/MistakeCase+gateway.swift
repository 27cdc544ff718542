extension MistakeCase {
  static let gateway: [MistakeCase] = [
    MistakeCase(
      "version: 1\n",
      "",
      "1:1: version: is missing"),
    MistakeCase(
      "version: 1",
      "version: 2",
      "1:10: version: expected 1, the only version there is (found \"2\")"),
    MistakeCase(
      "  id: shop-1\n",
      "",
      "3:3: gateway.id: is missing"),
    MistakeCase(
      "id: shop-1",
      "id: shop 1",
      "3:7: gateway.id: expected an id of 1 to 64 of A-Z a-z 0-9 . _ - (found \"shop 1\")"),
    MistakeCase(
      "timezone: UTC",
      "timezon: UTC",
      "5:3: gateway.timezon: unknown key; did you mean \"timezone\"?"),
    MistakeCase(
      "timezone: UTC",
      "timezone: ../UTC",
      "5:13: gateway.timezone: expected a time zone such as America/Chicago or UTC (found \"../UTC\")"),
    MistakeCase(
      "currency: USD",
      "currency: usd",
      "6:13: gateway.currency: expected a currency that ISO 4217 lists as in use, such as USD (found \"usd\")"
    ),
    MistakeCase(
      "currency: USD",
      "currency: BTC",
      "6:13: gateway.currency: expected a currency that ISO 4217 lists as in use, such as USD (found \"BTC\")"
    ),
    MistakeCase(
      "currency: USD",
      "currency: USD\n  commit_interval: 5",
      "7:20: gateway.commit_interval: expected a duration from 100ms to 1min, such as 250ms, 5s, "
        + "6min or 1h (found \"5\")"
    ),
    MistakeCase(
      "currency: USD",
      "currency: USD\n  commit_interval: 0s",
      "7:20: gateway.commit_interval: expected a duration from 100ms to 1min, such as 250ms, 5s, "
        + "6min or 1h (found \"0s\")"
    ),
    MistakeCase(
      "currency: USD",
      "currency: USD\n  require_synchronized_clock: yes",
      "7:31: gateway.require_synchronized_clock: expected true or false (found \"yes\")"),
    MistakeCase(
      "currency: USD",
      "currency: USD\n  state_directory: chargehand",
      "7:20: gateway.state_directory: expected an absolute path (found \"chargehand\")"),
  ]
}

extension MistakeCase {
  static let mqtt: [MistakeCase] = [
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: 127.0.0.1",
      "8:11: mqtt.broker: expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (found \"127.0.0.1\")"),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtt://me:secret@127.0.0.1",
      "8:11: mqtt.broker: expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT] without a login; give "
        + "it by username and password_file (found one in the address)"
    ),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtt://127.0.0.1:70000",
      "8:11: mqtt.broker: a port is 1 to 65535 (found \"70000\")"),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtt://127.0.0.1\n  ca_file: ca.pem",
      "9:3: mqtt.ca_file: is for mqtts://; the broker is given as mqtt://"),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtts://127.0.0.1\n  ca_file: ca.pem",
      "9:12: mqtt.ca_file: there is no such file (looked for \"/nonexistent/ca.pem\")"),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtt://127.0.0.1\n  password: geheim",
      "9:3: mqtt.password: a secret does not belong into this file; put it into one of its own "
        + "and name that by password_file"
    ),
    MistakeCase(
      "broker: mqtt://127.0.0.1:1883",
      "broker: mqtt://127.0.0.1\n  password_file: key",
      "8:3: mqtt.username: is missing: a password needs a username"),
  ]
}

extension MistakeCase {
  static let buses: [MistakeCase] = [
    MistakeCase(
      "  - id: line\n",
      "  - id: floor\n",
      "12:9: buses.floor.id: is given to two entries (found \"floor\" again)",
      "20:10: devices.scale.bus: there is no bus of this name in buses (found \"line\")"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502:3",
      "11:10: buses.floor.tcp: expected HOST:PORT, such as 192.168.1.20:502 (found \"127.0.0.1:1502:3\")"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:99999",
      "11:10: buses.floor.tcp: a port is 1 to 65535 (found \"99999\")"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n  - id: floor\n    tcp: 127.0.0.1:502\n  - id: other\n    tcp: 127.0.0.1:502",
      "12:9: buses.floor.id: is given to two entries (found \"floor\" again)",
      "15:10: buses.other.tcp: the bus floor has the same endpoint already (found \"127.0.0.1:502\")"),
    MistakeCase(
      "    tcp: 127.0.0.1:1502\n",
      "    tcp: 127.0.0.1:1502\n    id: other\n",
      "12:5: buses.floor.id: the key is given twice (first on line 10)"),
    MistakeCase(
      "    tcp: 127.0.0.1:1502\n",
      "    response_timeout: 1s\n",
      "10:5: buses.floor.tcp: is missing: a bus needs tcp: HOST:PORT or serial: /dev/…"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n    baud: 9600",
      "12:5: buses.floor.baud: is for serial buses; this one is tcp"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n    serial: /dev/ttyS0",
      "12:5: buses.floor.serial: a bus is either tcp or serial (found both)"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n  - id: other\n    tcp: 127.0.0.1:1502",
      "13:10: buses.other.tcp: the bus floor has the same endpoint already (found \"127.0.0.1:1502\")"),
    MistakeCase(
      "baud: 19200",
      "baud: 19201",
      "14:11: buses.line.baud: expected one of the baud rates 1200, 2400, 4800, 9600, 19200, "
        + "38400, 57600, 115200, 230400, 460800, 921600 (found \"19201\")"
    ),
    MistakeCase(
      "parity: even",
      "parity: evn",
      "15:13: buses.line.parity: expected none, even or odd (found \"evn\"); did you mean \"even\"?"),
    MistakeCase(
      "stop_bits: 1",
      "stop_bits: 3",
      "16:16: buses.line.stop_bits: expected a whole number from 1 to 2 (found \"3\")"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n  - id: other\n    rtu_over_tcp: localhost:1502",
      "13:19: buses.other.rtu_over_tcp: the bus floor has the same endpoint already (found \"localhost:1502\", which "
        + "is \"127.0.0.1:1502\")"
    ),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n    rtu_over_tcp: 127.0.0.1:1503",
      "12:5: buses.floor.rtu_over_tcp: a bus is either tcp or rtu_over_tcp (found both)"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "rtu_over_tcp: 127.0.0.1:1502\n    baud: 9601",
      "12:11: buses.floor.baud: expected one of the baud rates 1200, 2400, 4800, 9600, 19200, "
        + "38400, 57600, 115200, 230400, 460800, 921600 (found \"9601\")"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "rtu_over_tcp: 127.0.0.1:1502\n    parity: even",
      "12:5: buses.floor.parity: is for serial buses; this one is rtu_over_tcp"),
    MistakeCase(
      "tcp: 127.0.0.1:1502",
      "tcp: 127.0.0.1:1502\n    retries: 9",
      "12:14: buses.floor.retries: expected a whole number from 0 to 5 (found \"9\")"),
    MistakeCase(
      "response_timeout: 1s",
      "response_timeout: 1ms",
      "17:23: buses.line.response_timeout: expected a duration from 10ms to 5s, such as 250ms, 5s, "
        + "6min or 1h (found \"1ms\")"
    ),
  ]
}
