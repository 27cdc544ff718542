public import Jobs
public import Measures
public import Metering

/// Every topic of one gateway; all begin with `chargehand/GATEWAY/`.
public struct Topics: Hashable, Sendable {
  public let gateway: String
  /// `chargehand/GATEWAY/`.
  public let prefix: String

  /// - Parameter gateway: its id, 1 to 64 of `A-Za-z0-9._-`; the configuration has checked that.
  public init(gateway: String) {
    self.gateway = gateway
    prefix = "chargehand/\(gateway)/"
  }

  // MARK: Commands and replies

  /// The subscription for commands: `chargehand/GATEWAY/command/+/+`.
  public var commandFilter: String { "\(prefix)command/+/+" }
  /// The subscription for one actor's replies.
  public func replyFilter(_ actor: String) -> String { "\(replyPrefix)\(actor)/+" }
  public var replyPrefix: String { "\(prefix)reply/" }

  public func command(_ actor: String, _ verb: String) -> String { "\(prefix)command/\(actor)/\(verb)" }
  public func reply(_ actor: String, _ id: String) -> String { "\(replyPrefix)\(actor)/\(id)" }

  /// Who sent what; `nil` for a topic that is no command of this gateway.
  ///
  /// Both are as they stand in the topic: they may still be ill-formed.
  public func parseCommand(_ topic: String) -> (actor: String, verb: String)? {
    guard let levels = levels(of: topic, below: "command", mayBeEmpty: true), levels.count == 2 else {
      return nil
    }
    return (levels[0], levels[1])
  }

  /// Which command of which actor a reply is for.
  public func parseReply(_ topic: String) -> (actor: String, id: String)? {
    guard let levels = levels(of: topic, below: "reply"), levels.count == 2 else { return nil }
    return (levels[0], levels[1])
  }

  /// Whether a command's v5 response topic may be honored: below its own actor's `reply/ACTOR/`, since whoever reads
  /// another's takes what stands there for an answer to itself; and a topic rather than a filter.
  public func allowsResponse(to topic: String, of actor: String) -> Bool {
    guard Self.isPublishable(topic), let levels = levels(of: topic, below: "reply") else { return false }
    // By bytes, as the broker compares.
    return levels.count >= 2 && levels[0].utf8.elementsEqual(actor.utf8)
  }

  /// Where a command of `actor`, whose name may be ill-formed, is answered; `nil` where there can be no such topic.
  /// - Parameter id: `nil` for a command without a usable one: these are all answered in one place, `?`, which no id
  ///   can be.
  public func replyTopic(of actor: String, id: String?) -> String? {
    let topic = reply(actor, id ?? "?")
    guard Self.isPublishable(topic), levels(of: topic, below: "reply")?.count == 2 else { return nil }
    return topic
  }

  /// Short enough, and without what MQTT forbids in a topic's name or lets a broker refuse.
  private static func isPublishable(_ topic: String) -> Bool {
    topic.utf8.count <= 512
      && topic.unicodeScalars.allSatisfy { scalar in
        scalar != "+" && scalar != "#" && scalar.properties.generalCategory != .control
          && !scalar.properties.isNoncharacterCodePoint
      }
  }

  private func levels(of topic: String, below branch: String, mayBeEmpty: Bool = false) -> [String]? {
    let start = "\(prefix)\(branch)/"
    guard topic.utf8.starts(with: start.utf8) else { return nil }
    let rest = topic.utf8.dropFirst(start.utf8.count)
    let levels = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    return !mayBeEmpty && levels.contains("") ? nil : levels
  }

  // MARK: State and events

  /// `online`, and `offline` as the last will; retained.
  public var status: String { "\(prefix)status" }
  public func state(device: DeviceID) -> String { "\(prefix)state/device/\(device)" }
  public func state(workCenter: WorkCenterID) -> String { "\(prefix)state/work-center/\(workCenter)" }
  public func state(job: JobID) -> String { "\(prefix)state/job/\(job)" }
  public func state(usage: UsageID) -> String { "\(prefix)state/usage/\(usage)" }
  public func state(alarm: AlarmID) -> String { "\(prefix)state/alarm/\(alarm)" }
  public var catalog: String { "\(prefix)state/catalog" }
  /// The subscription for everything a panel shows.
  public var stateFilter: String { "\(prefix)state/#" }

  public var unattributedUsageEvent: String { "\(prefix)event/unattributed-usage" }
  public var alarmEvent: String { "\(prefix)event/alarm" }

  // MARK: Billing

  public var draft: String { "\(prefix)billing/draft" }
  public var ack: String { "\(prefix)billing/ack" }
  public var billingStatus: String { "\(prefix)billing/status" }
  public var ledger: String { "\(prefix)billing/ledger" }

  /// Where a link publishes to itself after subscribing: what arrives before it is from before the connect.
  public func fence(_ link: String) -> String { "\(prefix)fence/\(link)" }
}
