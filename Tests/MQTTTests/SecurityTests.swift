import ShopSimulator
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
      authorityFile: certificates.authorityFile, clientCertificateFile: certificates.clientCertificateFile,
      clientKeyFile: certificates.clientKeyFile)
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
      settings(broker, "localhost", TLSSettings(authorityFile: certificates.authorityFile)), stranger
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
      let tls = TLSSettings(authorityFile: certificates.authorityFile)
      try await withLink(settings(broker, host, tls), recorder) { link in
        let isNamed = await recorder.error {
          $0.attempt == 2 && $0.description.contains("TLS failed: host name verification failed")
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
    for file in [others.authorityFile, nil] {
      let recorder = Recorder()
      try await withLink(settings(broker, "localhost", TLSSettings(authorityFile: file)), recorder) { link in
        let isNamed = await recorder.error {
          $0.attempt == 2 && $0.description.contains("certificate verify failed")
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

  @Test("with TLS the name is tried in each family it has, in the order of its addresses")
  func routes() {
    #expect(
      Route.routes(to: "broker.shop", at: ["::1", "fd00::2", "10.0.0.2"], isTLS: true) == [
        Route(host: "broker.shop", source: "::"), Route(host: "broker.shop", source: "0.0.0.0"),
      ])
    #expect(
      Route.routes(to: "broker.shop", at: ["::1", "10.0.0.2"], isTLS: false) == [
        Route(host: "::1"), Route(host: "10.0.0.2"),
      ])
  }

  @Test("a name that libmosquitto cannot verify, and files it cannot read, are refused in words")
  func settingsRefused() async throws {
    var settings = quickSettings(8883)
    settings.tls = TLSSettings(name: "broker.shop")
    let refusal = #expect(throws: LinkError.self) { try Link(settings) }
    #expect(refusal?.description.contains("set the broker to mqtts://broker.shop:8883") == true)
    settings.tls = TLSSettings(authorityFile: "/no/such/ca.pem")
    let recorder = Recorder()
    try await withLink(settings, recorder) { _ in
      let isNamed = await recorder.error {
        $0.description.contains("cannot read ca_file /no/such/ca.pem: no such file or directory")
      }
      #expect(isNamed)
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
}
