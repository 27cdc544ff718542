import Configuration
import Foundation
import Metering
import Testing

@Suite("Every profile makes of its device's samples what they mean", .serialized)
struct ConformanceTests {
  @Test("each profile has a fixture, and each fixture a profile")
  func pairs() throws {
    let profiles = try Fixture.names(in: Fixture.profiles)
    #expect(profiles.count > 1, "the profiles are not where they are looked for")
    #expect(profiles == (try Fixture.names(in: Fixture.folder)))
  }

  @Test("docs/devices.md says what the profiles say")
  func page() throws {
    let catalog = ProfileCatalog(directories: [Fixture.profiles.path])
    #expect(catalog.mistakes == [])
    let docs = Fixture.profiles.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/devices.md")
    #expect(try String(contentsOf: docs, encoding: .utf8) == catalog.markdown, "run: make devices")
  }

  @Test("a profile decodes what its fixture says", arguments: try Fixture.names(in: Fixture.folder))
  func conforms(_ name: String) async throws {
    let fixture = try Fixture(name)
    #expect(!fixture.cases.isEmpty)
    let isOnBus = fixture.cases.contains { $0.registers != nil }
    var found: [[ChannelKind: String]] = []
    if isOnBus {
      found = try await Conformance.poll(fixture)
    } else {
      let devices = try Conformance.devices(fixture.configuration(busPort: nil)).devices
      for (index, one) in fixture.cases.enumerated() {
        found.append(Conformance.play(one.messages ?? [], on: devices[index]))
      }
    }
    for (index, one) in fixture.cases.enumerated() {
      for (channel, words) in one.expect {
        let kind = try #require(ChannelKind(rawValue: channel), "\(name): \(one.name): no channel \(channel)")
        #expect(found[index][kind] ?? "nothing" == words, "\(name): \(one.name): \(channel)")
      }
    }
  }
}
