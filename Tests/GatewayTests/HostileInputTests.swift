import Contract
import Foundation
import JSON
import Jobs
import Journal
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct HostileInputTests {
    @Test(
      "each hostile command gets its code, by MQTT and by the socket, and an audit row",
      .timeLimit(.minutes(2)))
    func hostile() async throws {
      #expect(HostileCase.all.count >= 40)
      try await withShop { played in
        try await played.everythingHeard()
        try await Desk.bill(played, "J-9")
        try await Story.order(played.shop)
        try await played.shop.person.command(
          "job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        played.shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }
        let state = try await played.tool("job", "show", "J-1")
        let refusals = try Refusals(played.journal())
        for (number, hostile) in HostileCase.all.enumerated() {
          try await byBroker(hostile, id: "m\(number)", played, refusals)
        }
        let socket = try ControlLine(path: played.stateDirectory + "/control.sock")
        for (number, hostile) in HostileCase.all.enumerated() where hostile.payload.firstIndex(of: 10) == nil
        {
          // A line of the socket has a limit of its own, above a command's.
          try bySocket(hostile, id: "s\(number)", socket, refusals)
        }
        // Nothing of it has changed anything, and the daemon is the one that was started.
        let after = try await played.tool("job", "show", "J-1")
        #expect(after.output == state.output || after.output.contains(#""production_state": "running""#))
        #expect(played.daemon?.isRunning == true)
        try await Story.verify(played)
      }
    }

    @Test("what no command could be does not stop the daemon", .timeLimit(.minutes(1)))
    func noCommands() async throws {
      try await withShop { played in
        let socket = try ControlLine(path: played.stateDirectory + "/control.sock")
        for verb in [
          "job.create\0", "\0", "", "a/b", "job.create\u{202E}", String(repeating: "\u{300}", count: 5000),
        ] {
          let reply = try Reply.decode(try socket.ask(verb, Array(#"{"id":"v\#(verb.utf8.count)"}"#.utf8)))
          #expect(reply.code == .unknownVerb, "\(verb.debugDescription.prefix(40))")
        }
        let nameless = try Reply.decode(try socket.ask("job.create", Array(#"{"id":"\u0000"}"#.utf8)))
        #expect(nameless.code == .invalidArgument)
        // A line that never ends is cut off, and the next one is served.
        let endless = try ControlLine(path: played.stateDirectory + "/control.sock")
        let answer = try Reply.decode(try endless.ask(String(repeating: "x", count: 30_000), []))
        #expect(answer.code == .tooLarge)
        let topics = played.shop.topics
        let vandal = BrokerClient("vandal", port: played.shop.broker.port, filters: [])
        let long = String(repeating: "\u{301}", count: 9000)
        for topic in [
          topics.prefix + "command/\(long)/job.create", topics.prefix + "command/x y/job.create",
          topics.prefix + "command/a/\(long)", topics.prefix + "command//job.create",
          topics.ack, topics.billingStatus, topics.draft,
        ] {
          for payload in ["", "{}", "null", #"{"id":"v","id":"v"}"#, String(repeating: "[", count: 60_000)] {
            try await vandal.deliver(Publication(topic: topic, payload: Array(payload.utf8)))
          }
        }
        // Beyond what the daemon lets the broker send: the broker drops it, not the connection.
        try await vandal.deliver(
          Publication(
            topic: topics.command("a", "job.create"), payload: [UInt8](repeating: 32, count: 200_000)))
        vandal.close()
        try await Desk.create(played, "J-1")
        #expect(played.daemon?.isRunning == true)
        #expect(!played.log.contains("critical"))
        let biggest = try played.journal().rows(kind: "refused").map(\.body.count).max() ?? 0
        #expect(biggest < 2000, "what is refused must not fill the journal")
        try await Story.verify(played)
      }
    }

    private func byBroker(
      _ hostile: HostileCase, id: String, _ played: PlayedShop, _ refusals: Refusals
    ) async throws {
      let person = played.shop.person
      let payload = hostile.hasReply ? hostile.payload(id: id) : hostile.payload
      if hostile.hasReply {
        let reply = try Reply.decode(try await person.send(hostile.verb, payload, id: id))
        #expect(reply.code == hostile.code, "\(hostile.name): \(reply)")
      } else {
        try await played.panel.deliver(
          Publication(topic: played.shop.topics.command("operator-1", hostile.verb), payload: payload))
        // In the order they came: a reply to what came after says that this was looked at.
        _ = try await person.send("job.show", Array(#"{"id":"\#(id)"}"#.utf8), id: id)
        try refusals.expect(.unknownVerb, id: id, "the marker", skipping: hostile.code)
        return
      }
      try refusals.expect(hostile.code, id: id, hostile.name)
    }

    private func bySocket(_ hostile: HostileCase, id: String, _ socket: ControlLine, _ refusals: Refusals)
      throws
    {
      let payload = hostile.hasReply ? hostile.payload(id: id) : hostile.payload
      let reply = try Reply.decode(try socket.ask(hostile.verb, payload))
      if hostile.hasReply {
        #expect(reply.code == hostile.code, "\(hostile.name) by socket: \(reply)")
        #expect(reply.id == id)
      } else {
        #expect(reply.code != nil, "\(hostile.name) by socket: \(reply)")
      }
      try refusals.expect(hostile.code, id: hostile.hasReply ? id : nil, hostile.name)
    }
  }
}

/// The audit rows as they grow.
private final class Refusals {
  private let journal: JournalReader
  private var seen: Int64

  init(_ journal: JournalReader) throws {
    self.journal = journal
    seen = try journal.head().sequence
  }

  /// Expects exactly one row of that code since the last look (after another one, where one is to be skipped).
  func expect(_ code: RefusalCode, id: String?, _ name: String, skipping first: RefusalCode? = nil) throws {
    let head = try journal.head().sequence
    let rows = try journal.rows(after: seen, upTo: head, limit: 1000).filter { $0.kind == "refused" }
    seen = head
    let notes = rows.compactMap { try? JSONScanner.parse($0.body, limits: .trusted) }
    let codes = notes.compactMap { $0["code"]?.string }
    #expect(codes == [first, code].compactMap { $0?.rawValue }, "\(name): \(codes)")
    if let id { #expect(notes.last?["id"]?.string == id, "\(name)") }
  }
}
