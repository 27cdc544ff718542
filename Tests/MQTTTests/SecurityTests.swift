import ShopSimulator
import Synchronization
import Testing

@testable import MQTT

@Suite("TLS and passwords", .serialized, .timeLimit(.minutes(1)))
struct SecurityTests {
  private func settings(_ broker: PrivateBroker, _ host: String, _ tls: TLSSettings) -> LinkSettings {
    var settings = quickSettings(broker.port, "command/#")
    settings.host = host
    settings.tls = tls
    return settings
  }

  @Test("a private authority and a client certificate are accepted, and messages flow")
  func mutual() async throws {
    let certificates = try BrokerCertificates(names: ["DNS:localhost", "IP:127.0.0.1"])
    defer { certificates.remove() }
    let broker = try await startBroker {
      $0.secure(with: certificates, requiresClientCertificate: true)
    }
    let tls = TLSSettings(
      trust: .authorities(file: certificates.authorityFile),
      clientCertificateFile: certificates.clientCertificateFile, clientKeyFile: certificates.clientKeyFile)
    for host in ["localhost", "127.0.0.1"] {
      let recorder = Recorder()
      try await withLink(settings(broker, host, tls), recorder) { link in
        #expect(await recorder.subscribed(), "\(recorder.errors)")
        // Many at once, so that several packets share one TLS record.
        for number in 0..<200 { #expect(link.publish(publication("command/ann/a", "\(number)")) == .queued) }
        #expect(await recorder.message("199"))
        #expect(recorder.messages.count == 200)
      }
    }
    let stranger = Recorder()
    try await withLink(
      settings(broker, "localhost", TLSSettings(trust: .authorities(file: certificates.authorityFile))),
      stranger
    ) { link in
      #expect(await stranger.error { $0.attempt == 2 })
      #expect(link.statistics.connects == 0)
    }
  }

  @Test("a certificate for another name is refused")
  func wrongName() async throws {
    let certificates = try BrokerCertificates(names: ["DNS:broker.shop"])
    defer { certificates.remove() }
    let broker = try await startBroker { $0.secure(with: certificates) }
    for host in ["localhost", "127.0.0.1"] {
      let recorder = Recorder()
      let tls = TLSSettings(trust: .authorities(file: certificates.authorityFile))
      try await withLink(settings(broker, host, tls), recorder) { link in
        let isNamed = await recorder.error {
          $0.attempt == 2
            && $0.description.contains(
              "TLS failed: the broker's certificate is not for \(host) (it carries broker.shop)")
        }
        #expect(isNamed, "\(recorder.errors)")
        #expect(link.statistics.connects == 0)
      }
    }
  }

  @Test("a certificate of an unknown authority is refused")
  func wrongAuthority() async throws {
    let certificates = try BrokerCertificates(names: ["DNS:localhost"])
    let others = try BrokerCertificates(names: ["DNS:localhost"])
    defer {
      certificates.remove()
      others.remove()
    }
    let broker = try await startBroker { $0.secure(with: certificates) }
    for trust in [TLSSettings.Trust.authorities(file: others.authorityFile), .system] {
      let recorder = Recorder()
      try await withLink(settings(broker, "localhost", TLSSettings(trust: trust)), recorder) { link in
        let isNamed = await recorder.error {
          $0.attempt == 2
            && $0.description.contains("nobody who is trusted vouches for the broker's certificate")
        }
        #expect(isNamed, "\(recorder.errors)")
        #expect(link.statistics.connects == 0)
      }
    }
  }

  @Test("a broker with TLS that is off is refused at once and in words, by name or by address")
  func off() async throws {
    let broker = try await startBroker()
    try await broker.stop()
    for host in ["localhost", "127.0.0.1"] {
      let recorder = Recorder()
      var settings = settings(broker, host, TLSSettings())
      settings.patienceMilliseconds = 60_000
      try await withLink(settings, recorder) { _ in
        let isNamed = await recorder.error {
          $0.attempt == 2 && $0.description.contains("connection refused")
        }
        #expect(isNamed, "\(recorder.errors)")
      }
    }
  }

  @Test("files that cannot be used are refused in words")
  func filesRefused() async throws {
    let certificate = try SelfSignedCertificate(commonName: "broker.shop")
    let other = try SelfSignedCertificate(commonName: "broker.shop")
    defer {
      certificate.remove()
      other.remove()
    }
    var settings = quickSettings(8883)
    for (tls, words) in [
      (
        TLSSettings(trust: .authorities(file: "/no/such/ca.pem")),
        "cannot read ca_file /no/such/ca.pem: no such file or directory"
      ),
      (
        TLSSettings(trust: .authorities(file: certificate.keyFile)),
        "ca_file \(certificate.keyFile) cannot be used: no certificate or crl found"
      ),
      (TLSSettings(trust: .certificate(file: "/no/such.pem")), "cannot read certificate_file /no/such.pem"),
      (
        TLSSettings(trust: .certificate(file: certificate.keyFile)),
        "certificate_file \(certificate.keyFile) holds no certificate in PEM form"
      ),
      (
        TLSSettings(clientCertificateFile: certificate.file, clientKeyFile: other.keyFile),
        "client_key_file \(other.keyFile) cannot be used with client_certificate_file \(certificate.file): "
          + "key values mismatch"
      ),
    ] {
      settings.tls = tls
      let recorder = Recorder()
      try await withLink(settings, recorder) { _ in
        let isNamed = await recorder.error { $0.description.contains(words) }
        #expect(isNamed, "\(recorder.errors)")
      }
    }
  }

  @Test("a wrong password is reported in words and the right one works")
  func wrongPassword() async throws {
    let broker = try await startBroker { $0.users = ["chargehand": "secret"] }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.username = "chargehand"
    settings.password = "wrong"
    try await withLink(settings, recorder) { _ in
      let isNamed = await recorder.error {
        $0.description.contains("check the user name and the password file") && $0.attempt == 2
      }
      #expect(isNamed)
      #expect(!recorder.errors.contains { $0.description.contains("wrong") })
    }
    settings.password = "secret"
    let second = Recorder()
    try await withLink(settings, second) { _ in #expect(await second.subscribed()) }
  }

  @Test("a password that cannot be read yet is read again for the next connection")
  func lateSecret() async throws {
    struct NotThere: Error, CustomStringConvertible { let description = "secret /etc/p: it is empty" }
    let broker = try await startBroker { $0.users = ["chargehand": "secret"] }
    let isThere = Mutex(false)
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.username = "chargehand"
    settings.readPassword = {
      guard isThere.withLock({ $0 }) else { throw NotThere() }
      return "secret"
    }
    try await withLink(settings, recorder) { _ in
      let isNamed = await recorder.error { $0.description.contains("secret /etc/p: it is empty") }
      #expect(isNamed)
      isThere.withLock { $0 = true }
      #expect(await recorder.subscribed())
    }
  }
}
