extension MistakeCase {
  private static let main = "broker: mqtt://127.0.0.1:1883\n"
  private static let digits = String(repeating: "0A", count: 32)

  /// The main broker with TLS and these lines below it.
  private static func secure(_ lines: String...) -> String {
    (["broker: mqtts://10.0.0.5"] + lines).joined(separator: "\n  ") + "\n"
  }

  /// A further broker with these lines, from line 10 on.
  private static func further(_ lines: String...) -> String {
    main + "brokers:\n  - id: p1\n    " + lines.joined(separator: "\n    ") + "\n"
  }

  static let brokers: [MistakeCase] = [
    MistakeCase(
      main, secure("certificate_sha256: 0A:0B"),
      "9:23: mqtt.certificate_sha256: expected the 64 digits that openssl x509 -fingerprint -sha256 prints, "
        + "colons or not (found \"0A:0B\")"),
    MistakeCase(
      main, secure("certificate_sha256: \(digits.dropLast())g"),
      "9:23: mqtt.certificate_sha256: expected the 64 digits that openssl x509 -fingerprint -sha256 prints, "
        + "colons or not (found \"\(digits.prefix(57))…\")"),
    MistakeCase(
      main, secure("certificate_file: p1.pem", "certificate_sha256: \(digits)"),
      "9:21: mqtt.certificate_file: there is no such file (looked for \"/nonexistent/p1.pem\")",
      "10:3: mqtt.certificate_sha256: a broker is trusted by one of ca_file, certificate_file, "
        + "certificate_sha256 (found certificate_file as well)"),
    MistakeCase(
      main, secure("certificate_file: /etc/hostname"),
      "9:21: mqtt.certificate_file: expected a certificate in PEM form (found none in \"/etc/hostname\")"),
    MistakeCase(
      main, secure("tls_name: .shop"),
      "9:13: mqtt.tls_name: expected the name in the broker's certificate: 1 to 253 visible ASCII characters, "
        + "no dot first (found \".shop\")"),
    MistakeCase(
      main, secure("tls_name: \"\""),
      "9:13: mqtt.tls_name: expected the name in the broker's certificate: 1 to 253 visible ASCII characters, "
        + "no dot first (found \"\")"),
    MistakeCase(
      main, secure("tls_verify: false"),
      "9:3: mqtt.tls_verify: unknown key; known here: broker, username, password_file, ca_file, certificate_file, "
        + "certificate_sha256, client_certificate_file, client_key_file, tls_name"),
    MistakeCase(
      main, secure("client_key_file: key"),
      "8:3: mqtt.client_certificate_file: is missing: a client certificate and its key come together"),
    MistakeCase(
      main, further("broker: mqtt://10.0.0.5", "certificate_sha256: \(digits)"),
      "12:5: brokers.p1.certificate_sha256: is for mqtts://; the broker is given as mqtt://"),
    MistakeCase(
      main, further("broker: mqtts://10.0.0.5", "password: 1234"),
      "12:5: brokers.p1.password: a secret does not belong into this file; put it into one of its own "
        + "and name that by password_file"),
    MistakeCase(
      main, further("username: bblp"),
      "10:5: brokers.p1.broker: is missing"),
    MistakeCase(
      main, further("broker: mqtts://10.0.0.5", "fence: maybe", "verify: false"),
      "12:12: brokers.p1.fence: expected true or false (found \"maybe\")",
      "13:5: brokers.p1.verify: unknown key; known here: id, broker, username, password_file, ca_file, "
        + "certificate_file, certificate_sha256, client_certificate_file, client_key_file, tls_name, fence"),
    MistakeCase(
      main, further("broker: mqtts://10.0.0.5") + "  - {id: p1, broker: \"mqtt://10.0.0.6\"}\n",
      "12:10: brokers.p1.id: is given to two entries (found \"p1\" again)"),
  ]

  private static let laser = "  - id: laser\n    channels"

  /// The last device, with lines of its own from line 45 on.
  private static func laser(_ lines: String...) -> String {
    "  - id: laser\n    " + lines.joined(separator: "\n    ") + "\n    channels"
  }

  static let requests: [MistakeCase] = [
    MistakeCase(
      laser, laser("broker: p1"),
      "45:13: devices.laser.broker: there is no broker of this name in brokers (found \"p1\")"),
    MistakeCase(
      laser, laser("ask: [{topic: a/b}]"),
      "45:11: devices.laser.ask[0].payload: is missing"),
    MistakeCase(
      laser, laser("ask: [{topic: a/#, payload: \"\"}]"),
      "45:19: devices.laser.ask[0].topic: expected one MQTT topic without the wildcards + and # (found \"a/#\")"
    ),
    MistakeCase(
      laser, laser("ask: [{topic: a/b, payload: {pushing: {}}}]"),
      "45:33: devices.laser.ask[0].payload: expected a text of at most 4096 bytes, in quotes (found a mapping)"
    ),
    MistakeCase(
      laser, laser("ask: [{topic: a/b, payload: x, every: 4min}]"),
      "45:43: devices.laser.ask[0].every: expected a duration from 5min to 168h, such as 250ms, 5s, 6min or 1h "
        + "(found \"4min\")"),
    MistakeCase(
      laser, laser("ask: [\(String(repeating: "{topic: a, payload: b}, ", count: 17))]"),
      "45:395: devices.laser.ask[16]: a device is asked for at most 16 things (found 17)"),
    MistakeCase(
      "unit: 2\n", "unit: 2\n    ask: []\n    broker: p1\n",
      "36:5: devices.mill.ask: is for devices over MQTT; this one is on a bus",
      "37:5: devices.mill.broker: is for devices over MQTT; this one is on a bus"),
  ]
}
