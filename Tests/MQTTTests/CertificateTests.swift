import MQTT
import ShopSimulator
import Testing

/// What a certificate must be worth: pinned, or of a trusted authority and for the right name.
@Suite("Certificates", .serialized, .timeLimit(.minutes(2)))
struct CertificateTests {
  static let serial = "01S00C123456789"

  @Test("a pinned certificate is taken whatever the host is called, as a file and as a fingerprint")
  func pinned() async throws {
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial)) { machine in
      try await machine.accepts(.certificate(file: machine.file))
      for host in ["127.0.0.1", "localhost"] { try await machine.accepts(machine.pin, host: host) }
      try await machine.accepts(machine.pin, name: Self.serial)
    }
  }

  @Test("a pin does not excuse another name that was asked for")
  func pinnedWithName() async throws {
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial)) { machine in
      try await machine.refuses(
        machine.pin, name: "01S00C999999999",
        saying: "the broker's certificate is not for 01S00C999999999 (it carries \(Self.serial))")
      // Nothing was said to it, the password least of all.
      #expect(!machine.broker.logTail(lines: 1_000).contains("CONNECT"))
    }
  }

  @Test("a pin is one certificate: another of the same name, and one that the pinned one signed, are refused")
  func notPinned() async throws {
    let other = try SelfSignedCertificate(commonName: Self.serial)
    let issued = try BrokerCertificates(names: ["IP:127.0.0.1"])
    defer {
      other.remove()
      issued.remove()
    }
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial)) { machine in
      let words = "the broker shows another certificate than the pinned one"
      try await machine.refuses(.certificate(file: other.file), name: Self.serial, saying: words)
      try await machine.refuses(.certificate(file: other.file), saying: try machine.certificate.fingerprint())
    }
    let broker = try await startBroker { $0.secure(with: issued) }
    try await expectRefusal(
      broker, TLSSettings(trust: .certificate(file: issued.authorityFile)), host: "127.0.0.1",
      saying: "the broker shows another certificate than the pinned one")
    try await expectAcceptance(
      broker, TLSSettings(trust: .certificate(file: issued.folder["server.crt"])), host: "127.0.0.1")
  }

  @Test("a certificate that is replaced while we are connected ends it, until the pinned one is back")
  func replaced() async throws {
    let first = try SelfSignedCertificate(commonName: Self.serial)
    let second = try SelfSignedCertificate(commonName: Self.serial)
    defer {
      first.remove()
      second.remove()
    }
    let served = try ServedCertificate(first)
    let broker = try await startBroker { $0.secure(with: served) }
    let recorder = Recorder()
    let settings = machineSettings(broker, TLSSettings(trust: try pin(of: first)), host: "127.0.0.1")
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.subscribed())
      try await broker.kill()
      try served.show(second)
      try await broker.restart()
      let isNamed = await recorder.error {
        $0.description.contains("another certificate than the pinned one")
      }
      #expect(isNamed, "\(recorder.errors)")
      try await broker.kill()
      try served.show(first)
      try await broker.restart()
      #expect(await recorder.subscribed(times: 2), "\(recorder.errors)")
    }
  }

  @Test("what has expired is refused, pinned or not")
  func expired() async throws {
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial, isExpired: true)) { machine in
      let words = "the broker's certificate, or one above it, expired at Jan 31 00:00:00 2020 GMT"
      try await machine.refuses(machine.pin, saying: words)
      try await machine.refuses(.authorities(file: machine.file), name: Self.serial, saying: words)
    }
  }

  @Test("a certificate for clients is no broker's, pinned or not")
  func purpose() async throws {
    let client = ["extendedKeyUsage=clientAuth"]
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial, extensions: client)) { machine in
      try await machine.refuses(
        machine.pin, saying: "the broker's certificate is refused: unsuitable certificate purpose")
    }
  }

  @Test("a serial number in the common name is verified as tls_name, and an address never by it")
  func serialNumber() async throws {
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial)) { machine in
      let trust = TLSSettings.Trust.authorities(file: machine.file)
      try await machine.accepts(trust, name: Self.serial)
      try await machine.accepts(trust, name: Self.serial.lowercased())
      let carried = "(it carries \(Self.serial))"
      try await machine.refuses(
        trust, name: "01S00C123456780",
        saying: "the broker's certificate is not for 01S00C123456780 \(carried)")
      try await machine.refuses(trust, saying: "the broker's certificate is not for 127.0.0.1 \(carried)")
    }
    try await withMachine(try SelfSignedCertificate(commonName: "127.0.0.1")) { machine in
      try await machine.refuses(
        .authorities(file: machine.file), saying: "the broker's certificate is not for 127.0.0.1")
    }
  }

  @Test("the common name counts only where the certificate has no host name beside it")
  func commonName() async throws {
    let host = ["subjectAltName=DNS:other.shop"]
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial, extensions: host)) { machine in
      let trust = TLSSettings.Trust.authorities(file: machine.file)
      try await machine.refuses(
        trust, name: Self.serial,
        saying: "the broker's certificate is not for \(Self.serial) (it carries other.shop)")
      try await machine.accepts(trust, name: "other.shop")
    }
    let address = ["subjectAltName=IP:127.0.0.1"]
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial, extensions: address)) {
      machine in
      let trust = TLSSettings.Trust.authorities(file: machine.file)
      try await machine.accepts(trust, name: Self.serial)
      try await machine.accepts(trust)
    }
  }

  @Test("a name that ends early for C does not end early here")
  func planted() async throws {
    let common = try SelfSignedCertificate(commonName: "\(Self.serial)#evil")
    try common.plantNUL(at: "#")
    try await withMachine(common) { machine in
      try await machine.refuses(
        .authorities(file: machine.file), name: Self.serial,
        saying: "the broker's certificate is not for \(Self.serial) (it carries \(Self.serial)?evil)")
    }
    let text = Array(Self.serial.utf8) + [0] + Array(".evil".utf8)
    let bytes = [0x30, UInt8(text.count + 2), 0x82, UInt8(text.count)] + text
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let host = ["subjectAltName=DER:\(hex)"]
    try await withMachine(try SelfSignedCertificate(commonName: "foo", extensions: host)) { machine in
      try await machine.refuses(
        .authorities(file: machine.file), name: Self.serial,
        saying: "the broker's certificate is not for \(Self.serial)")
    }
  }

  @Test("the right name from another authority is refused, with the fingerprint to compare")
  func otherAuthority() async throws {
    let other = try SelfSignedCertificate(commonName: Self.serial)
    defer { other.remove() }
    try await withMachine(try SelfSignedCertificate(commonName: Self.serial)) { machine in
      let words = "nobody who is trusted vouches for the broker's certificate (self-signed certificate)"
      for trust in [TLSSettings.Trust.authorities(file: other.file), .system] {
        try await machine.refuses(trust, name: Self.serial, saying: words)
        try await machine.refuses(trust, name: Self.serial, saying: try machine.certificate.fingerprint())
      }
    }
  }

  @Test("a broker without TLS is not spoken to")
  func plain() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    let settings = machineSettings(broker, TLSSettings(), host: "127.0.0.1")
    try await withLink(settings, recorder) { link in
      #expect(await recorder.error { $0.attempt == 2 })
      #expect(link.statistics.connects == 0)
      #expect(!broker.logTail(lines: 1_000).contains("CONNECT"))
    }
  }

  @Test(
    "the broker is asked for the name that is verified, and for none where that is an address",
    arguments: [(nil, nil), (serial, serial), ("127.0.0.2", nil)] as [(String?, String?)])
  func serverName(_ name: String?, _ asked: String?) async throws {
    let listener = try #require(FakeBroker([[]]))
    defer { listener.close() }
    var settings = quickSettings(listener.port, "report")
    settings.tls = TLSSettings(name: name)
    let recorder = Recorder()
    try await withLink(settings, recorder) { _ in
      #expect(await eventually { !listener.received.isEmpty })
      let hello = String(decoding: listener.received.first ?? [], as: UTF8.self)
      #expect(hello.contains(Self.serial) == (asked != nil))
      #expect(!hello.contains("127.0.0"))
    }
  }
}
