import Contract
import JSON
import Jobs
import Journal
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// Commands of senders and ids that cannot be right.
  @Suite(.serialized) struct OddNamesTests {
    @Test(
      "whoever can be answered is answered, however odd the names; who cannot is counted where one can see it",
      .timeLimit(.minutes(1)))
    func oddNames() async throws {
      try await withShop { played in
        let topics = played.shop.topics
        let vandal = BrokerClient(
          "vandal", port: played.shop.broker.port, filters: [topics.replyPrefix + "#"])
        try await vandal.connected()
        func send(_ actor: String, _ payload: String, to response: String? = nil) async throws {
          var message = Publication(topic: topics.command(actor, "job.stop"), payload: Array(payload.utf8))
          message.responseTopic = response
          try await vandal.deliver(message)
        }
        func expect(_ topic: String, _ code: RefusalCode, id: String?, _ text: String = "id") async throws {
          let reply = try Reply.decode(try await vandal.next(on: topics.replyPrefix + topic).payload)
          #expect(reply.code == code && reply.id == id, "\(reply)")
          guard case .failure(let refusal) = reply.result else { return }
          #expect(refusal.message.contains(text), "\(refusal)")
        }
        for actor in ["x y", "müller", "a%s", "a:b", String(repeating: "x", count: 300)] {
          try await send(actor, #"{"id":"c-1","work_center":"mill-1"}"#)
          try await expect("\(actor)/c-1", .invalidArgument, id: "c-1", "the actor's name")
        }
        // Without an id of use there is one place for all of an actor's, which no id can be.
        for (payload, code) in [
          (#"{"id":"a/b"}"#, RefusalCode.invalidArgument), (#"{"id":"x y"}"#, .invalidArgument),
          (#"{"id":7}"#, .malformed), (#"{"work_center":"mill-1"}"#, .malformed),
        ] {
          try await send("vandal", payload, to: topics.reply("vandal", "box"))
          try await expect("vandal/?", code, id: nil)
          try await expect("vandal/box", code, id: nil)
        }
        for actor in ["", String(repeating: "x", count: 600)] {
          for _ in 0..<5 { try await send(actor, #"{"id":"c-2","work_center":"mill-1"}"#) }
        }
        try await Desk.create(played, "J-1")
        try await played.logged("a command could not be answered: the actor's name")
        let status = try await played.tool("status", "--json")
        let count = try JSONScanner.parse(status.output.utf8, limits: .trusted)["commands_unanswered"]
        #expect(count == .number(10), "\(status.output)")
        let text = try await played.tool("status").output
        #expect(text.contains("10 commands could not be answered since the start"), "\(text)")
        #expect(try played.journal().rows(kind: "refused").count == 19)
        vandal.close()
      }
    }
  }
}
