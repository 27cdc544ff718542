import Glibc
import MQTT
import ShopSimulator
import Testing

/// A broker with a certificate of its own, and how it is met.
struct Machine: Sendable {
  let certificate: SelfSignedCertificate
  let broker: PrivateBroker
  let pin: TLSSettings.Trust

  var file: String { certificate.file }

  func accepts(_ trust: TLSSettings.Trust, name: String? = nil, host: String = "127.0.0.1") async throws {
    try await expectAcceptance(broker, TLSSettings(trust: trust, name: name), host: host)
  }

  func refuses(_ trust: TLSSettings.Trust, name: String? = nil, saying words: String) async throws {
    try await expectRefusal(broker, TLSSettings(trust: trust, name: name), host: "127.0.0.1", saying: words)
  }
}

/// Starts a broker with this certificate, and cleans up behind both.
func withMachine(_ certificate: SelfSignedCertificate, _ body: (Machine) async throws -> Void) async throws {
  defer { certificate.remove() }
  let broker = try await startBroker { $0.secure(with: certificate) }
  try await body(Machine(certificate: certificate, broker: broker, pin: try pin(of: certificate)))
}

func pin(of certificate: SelfSignedCertificate) throws -> TLSSettings.Trust {
  .fingerprint(try certificate.fingerprint().split(separator: ":").compactMap { UInt8($0, radix: 16) })
}

func machineSettings(_ broker: PrivateBroker, _ tls: TLSSettings, host: String) -> LinkSettings {
  var settings = quickSettings(broker.port, "report")
  settings.host = host
  settings.tls = tls
  return settings
}

func expectAcceptance(_ broker: PrivateBroker, _ tls: TLSSettings, host: String) async throws {
  let recorder = Recorder()
  try await withLink(machineSettings(broker, tls, host: host), recorder) { _ in
    #expect(await recorder.subscribed(), "\(tls): \(recorder.errors)")
  }
}

func expectRefusal(_ broker: PrivateBroker, _ tls: TLSSettings, host: String, saying words: String)
  async throws
{
  let recorder = Recorder()
  try await withLink(machineSettings(broker, tls, host: host), recorder) { link in
    let isNamed = await recorder.error {
      let text = $0.description
      return $0.attempt == 2 && text.contains("TLS failed: ") && text.contains(words)
    }
    #expect(isNamed, "\(tls): \(recorder.errors)")
    #expect(link.statistics.connects == 0)
  }
}

/// The certificate at a broker's place, which a test may exchange while the broker is down.
struct ServedCertificate {
  let folder: ScratchFolder

  init(_ certificate: SelfSignedCertificate) throws {
    folder = try ScratchFolder("chargehand-served")
    try show(certificate)
  }

  func show(_ certificate: SelfSignedCertificate) throws {
    for (name, file) in [("served.crt", certificate.file), ("served.key", certificate.keyFile)] {
      unlink(folder[name])
      guard symlink(file, folder[name]) == 0 else { throw Refused(code: errno) }
    }
  }

  struct Refused: Error { let code: Int32 }
}

extension PrivateBroker.Options {
  mutating func secure(with served: ServedCertificate) {
    lines += ["certfile \(served.folder["served.crt"])", "keyfile \(served.folder["served.key"])"]
  }
}
