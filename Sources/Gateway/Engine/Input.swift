import Contract
import JSON
import Measures
import Metering

/// One thing that reaches the engine, stamped with its time by the inbox.
struct Input: Sendable {
  enum Content: Sendable {
    /// Checked readings of one device; they may wait for the commit interval.
    case readings([Reading])
    case command(CommandRequest)
    case billing(BillingMessage)
    /// An event of ours reached the broker.
    case delivered(event: Int64)
    /// A link came up or went down.
    case link(LinkChange)
    /// How a device on a bus can be reached, for displays.
    case reach(DeviceID, Reach)
    /// What the broker holds below `state/`.
    case retainedStates(topics: [String])
    /// A question that changes nothing, answered from the live state.
    case question(Question)
    case reload(Reload)
  }

  let content: Content
  let at: Moment

  /// Whether it may be refused when the inbox is full.
  var isRefusable: Bool {
    switch content {
    case .command, .billing, .question, .reload: true
    case .readings, .delivered, .link, .reach, .retainedStates: false
    }
  }

  /// Whether somebody waits for its commit.
  var isUrgent: Bool {
    switch content {
    case .command, .billing: true
    case .readings(let readings):
      readings.contains(where: \.isPress)
    case .delivered, .link, .reach, .retainedStates, .question, .reload: false
    }
  }
}

/// A command as it came: judged by the engine, so that even nonsense is answered and audited once.
struct CommandRequest: Sendable {
  let actor: String
  let verb: String
  let payload: [UInt8]
  /// It came with the retain flag: never carried out.
  let isRetained: Bool
  /// Where to answer besides the actor's reply topic.
  let replyPath: ReplyPath
  /// Called on the engine's thread once the outcome is on disk, or is known not to get there. Must not block.
  let finish: @Sendable (CommandOutcome) -> Void
}

enum ReplyPath: Sendable {
  case topic(response: String?, correlation: [UInt8]?)
  /// The control socket answers through `finish` alone.
  case direct
}

enum CommandOutcome: Sendable {
  /// On disk; these are the bytes of the reply.
  case committed(reply: [UInt8])
  /// Not on disk: whoever asked must ask again.
  case failed
}

struct BillingMessage: Sendable {
  enum Kind: Sendable { case ack, status }
  let kind: Kind
  let payload: [UInt8]
  let finish: @Sendable (_ isCommitted: Bool) -> Void
}

enum LinkChange: Sendable {
  case commandsUp, commandsDown
  case telemetryUp, telemetryDown
}

struct Question: Sendable {
  enum Subject: Sendable { case status, devices }
  let subject: Subject
  let answer: @Sendable (JSONValue) -> Void
}
