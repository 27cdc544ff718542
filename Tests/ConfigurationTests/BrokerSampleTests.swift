import Configuration
import Foundation
import Testing

@Suite("The sample broker")
struct BrokerSampleTests {
  static let samples =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/config/mosquitto"

  @Test("under the sample's rules every login does its own work, and nobody another's")
  func accessList() throws {
    let broker = try Mosquitto(samples: Self.samples)
    let prefix = "chargehand/shop-1/"
    for (login, topic, isAllowed) in [
      ("anna", "command/anna/job.start", true), ("anna", "command/bert/job.start", false),
      ("anna", "command/anna", false), ("anna", "billing/ack", false), ("anna", "state/job/1", false),
      ("anna", "reply/anna/1", false), ("billing", "billing/ack", true), ("billing", "billing/status", true),
      ("billing", "billing/draft", false), ("billing", "command/anna/job.start", false),
      ("devices", "billing/ack", false), ("devices", "status", false), ("chargehand", "billing/draft", true),
      ("chargehand", "status", true), ("chargehand", "reply/anna/1", true), ("chargehand", "fence/7", true),
    ] {
      #expect(try broker.publish(prefix + topic, as: login) == isAllowed, "\(login) to \(topic)")
    }
    #expect(try broker.publish("shop/scales/bench", as: "devices"))
    #expect(try broker.publish("shop/scales/bench", as: "anna") == false)
    // The daemon only reads devices.
    #expect(try broker.publish("shop/scales/bench", as: "chargehand") == false)
    #expect(try broker.publish(prefix + "command/anna/job.start", as: nil) == false)
  }

  @Test("the sample lets the daemon hear every profile, or names it where the shop must add a line")
  func profiles() throws {
    let repository = Self.samples.replacing("/config/mosquitto", with: "")
    let rules = try String(contentsOfFile: Self.samples + "/chargehand.acl", encoding: .utf8)
    let catalog = ProfileCatalog(directories: [repository + "/config/profiles"])
    let broker = try Mosquitto(samples: Self.samples)
    var fixed: Set<String> = []
    for profile in catalog.profiles where !profile.isModbus {
      let text = try String(
        contentsOfFile: repository + "/config/profiles/\(profile.name).yaml", encoding: .utf8)
      // The first level of each topic, with the parameter's default where it is one.
      let levels = Set(text.matches(of: /topic: "([^"\/]+)/).map { String($0.1) })
      #expect(!levels.isEmpty, "\(profile.name)")
      for level in levels {
        let parameter = profile.parameters.first { level == "{\($0.name)}" }
        if let name = parameter == nil ? level : parameter?.fallback {
          fixed.insert(name)
        } else {
          #expect(rules.contains(profile.name), "\(profile.name) is not named")
        }
      }
    }
    // A printer that is a broker of its own; the shop's never sees it.
    #expect(fixed.remove("device") != nil)
    #expect(fixed.count >= 5)
    for level in fixed.sorted() {
      let topic = "\(level)/x/y"
      let first = try broker.firstMessage("#", as: "chargehand") { () throws in
        #expect(try broker.publish(topic, as: "devices"), "\(topic)")
        #expect(try broker.publish("chargehand/shop-1/status", as: "chargehand"))
      }
      #expect(first == topic)
    }
  }

  @Test("a login reads the replies to its own commands only")
  func replies() throws {
    let broker = try Mosquitto(samples: Self.samples)
    let first = try broker.firstMessage("chargehand/shop-1/reply/#", as: "anna") { () throws in
      #expect(try broker.publish("chargehand/shop-1/reply/bert/1", as: "chargehand"))
      #expect(try broker.publish("chargehand/shop-1/reply/anna/2", as: "chargehand"))
    }
    #expect(first == "chargehand/shop-1/reply/anna/2")
  }

  @Test("billing reads drafts and no commands, the daemon reads commands")
  func readers() throws {
    let broker = try Mosquitto(samples: Self.samples)
    for (reader, topic) in [("billing", "billing/draft"), ("chargehand", "command/anna/job.start")] {
      let first = try broker.firstMessage("chargehand/shop-1/#", as: reader) { () throws in
        #expect(try broker.publish("chargehand/shop-1/command/anna/job.start", as: "anna"))
        #expect(try broker.publish("chargehand/shop-1/billing/draft", as: "chargehand"))
      }
      #expect(first == "chargehand/shop-1/" + topic)
    }
  }
}
