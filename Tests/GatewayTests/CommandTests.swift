import Contract
import JSON
import Jobs
import Journal
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct CommandTests {
    @Test("the same bytes under the same id get the same reply and no second effect", .timeLimit(.minutes(1)))
    func repeated() async throws {
      try await withShop { played in
        try await Desk.create(played, "J-1")
        let person = played.shop.person
        let command = Array(
          #"{"id":"x1","job":"J-1","operator":"mira","activity":"post-processing","minutes":60}"#.utf8)
        let first = try await person.send("labor.record", command, id: "x1")
        let second = try await person.send("labor.record", command, id: "x1")
        #expect(first == second)
        try await played.kill()
        try await played.start()
        let third = try await person.send("labor.record", command, id: "x1")
        #expect(first == third)
        let other = Array(
          #"{"id":"x1","job":"J-1","operator":"mira","activity":"post-processing","minutes":61}"#.utf8)
        let refused = try Reply.decode(try await person.send("labor.record", other, id: "x1"))
        #expect(throws: Refusal.self) { try refused.result.get() }
        #expect(refused.code == .idReused)
        let verb = try Reply.decode(try await person.send("labor.start", command, id: "x1"))
        #expect(verb.code == .idReused)
        // What was refused has not taken the first reply's place.
        #expect(try await person.send("labor.record", command, id: "x1") == first)
        try await person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(played.shop)
        #expect(draft.lines.map(\.quantity) == ["1"])
        let rows = try played.journal().rows(kind: "refused")
        #expect(rows.count == 2)
      }
    }

    @Test(
      "a response topic is honored below the actor's own reply/ACTOR/ and nowhere else",
      .timeLimit(.minutes(1)))
    func responseTopic() async throws {
      try await withShop { played in
        let topics = played.shop.topics
        let asker = BrokerClient(
          "asker", port: played.shop.broker.port,
          filters: [topics.replyPrefix + "#", "elsewhere/#", topics.stateFilter])
        try await asker.connected()
        func ask(_ id: String, answerTo response: String) async throws {
          let payload = #"{"id":"\#(id)","job":"\#(id)","customer":"acme","parts":[]}"#
          var message = Publication(
            topic: topics.command("asker", "job.create"), payload: Array(payload.utf8))
          message.responseTopic = response
          message.correlationData = [1, 2, 3]
          try await asker.deliver(message)
        }
        try await ask("a", answerTo: topics.replyPrefix + "asker/box/1")
        let direct = try await asker.next("the reply on the response topic") { $0.topic.hasSuffix("/box/1") }
        #expect(direct.correlationData == [1, 2, 3])
        let usual = try await asker.next("the usual reply") { $0.topic == topics.reply("asker", "a") }
        #expect(usual.payload == direct.payload)
        #expect(usual.correlationData == nil)
        // Another login's panel would take the daemon's answer for its own.
        let foreign = topics.reply("bert", "1042")
        let bad = [
          "elsewhere/box", topics.prefix + "state/job/forged", topics.replyPrefix + "asker//x", foreign,
          topics.replyPrefix + "asker2/x", topics.replyPrefix + "box/1", topics.replyPrefix + "asker",
        ]
        for (number, topic) in bad.enumerated() { try await ask("b\(number)", answerTo: topic) }
        _ = try await asker.next("the last usual reply") {
          $0.topic == topics.reply("asker", "b\(bad.count - 1)")
        }
        // Everything is published in order: what follows the last reply comes after what must not be there.
        try await ask("c", answerTo: topics.replyPrefix + "asker/box/2")
        _ = try await asker.next("the last") { $0.topic.hasSuffix("/box/2") }
        for topic in bad { #expect(asker.latest(topic) == nil, "\(topic)") }
        asker.close()
      }
    }

    @Test("a retained command is refused and audited, live or stored", .timeLimit(.minutes(1)))
    func retained() async throws {
      try await withShop(starts: false) { played in
        let topics = played.shop.topics
        let asker = BrokerClient(
          "asker", port: played.shop.broker.port, filters: [topics.replyFilter("asker")])
        try await asker.connected()
        func ask(_ id: String, _ verb: String = "job.create") async throws {
          let payload = #"{"id":"\#(id)","job":"\#(id)","customer":"acme","parts":[]}"#
          try await asker.deliver(
            Publication(topic: topics.command("asker", verb), payload: Array(payload.utf8), retain: true))
        }
        try await ask("stored")
        try await played.start()
        let stored = try await asker.next("the stored one's reply") {
          $0.topic == topics.reply("asker", "stored")
        }
        #expect(try Reply.decode(stored.payload).code == .retained)
        try await ask("live")
        let live = try await asker.next("the live one's reply") { $0.topic == topics.reply("asker", "live") }
        #expect(try Reply.decode(live.payload).code == .retained)
        let rows = try played.journal().rows(kind: "refused").map { String(decoding: $0.body, as: UTF8.self) }
        #expect(rows.count { $0.contains("retained") } == 2)
        // An empty retained message only clears the topic.
        try await asker.deliver(
          Publication(topic: topics.command("asker", "job.create"), payload: [], retain: true))
        try await Desk.create(played, "live")
        #expect(try played.journal().rows(kind: "refused").count == 2)
        asker.close()
      }
    }
  }
}

extension Reply {
  /// The code of a refusal.
  var code: RefusalCode? {
    if case .failure(let refusal) = result { refusal.code } else { nil }
  }
}
