import Foundation
import MQTT
import ShopSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct BrokerTests {
  @Test func `what a durable session waits for survives a kill of the broker`() async throws {
    try await withBroker { broker in
      let durable = BrokerClient.settings(
        "reader", port: broker.port, filters: ["a/+"], session: .durable(expirySeconds: 600))
      let first = BrokerClient(durable)
      try await first.connected()
      first.close()
      let writer = BrokerClient("writer", port: broker.port, filters: ["a/+"])
      try await writer.connected()
      try await writer.deliver(Publication(topic: "a/one", payload: Array("kept".utf8)))
      // The broker writes its sessions down after every change; a second change shows that it has.
      try await writer.deliver(Publication(topic: "a/two", payload: Array("kept".utf8)))
      let port = broker.port
      try await broker.stop()
      #expect(!broker.isRunning)
      try await broker.restart()
      #expect(broker.port == port)
      try await broker.kill()
      try await broker.restart()
      let second = BrokerClient(durable)
      let message = try await second.next("the message") { $0.topic == "a/one" }
      #expect(message.payload == Array("kept".utf8))
      // The writer is back by itself.
      try await writer.deliver(Publication(topic: "a/three", payload: []))
    }
  }

  @Test func `a login is asked for where there are users`() async throws {
    var options = PrivateBroker.Options()
    options.users = ["mira": "secret"]
    options.accessList = "user mira\ntopic readwrite mine/#\n"
    try await withBroker(options) { broker in
      let stranger = BrokerClient("stranger", port: broker.port, filters: [])
      let known = BrokerClient(
        "known", port: broker.port, filters: ["mine/#"], login: .init(username: "mira", password: "secret"))
      try await known.connected()
      known.publish("mine/x", "1")
      _ = try await known.next("the message") { $0.topic == "mine/x" }
      await #expect(throws: WaitError.self) { try await stranger.connected(within: .milliseconds(300)) }
    }
  }

  @Test func `a message is waited for whether it came before or comes later`() async throws {
    try await withBroker { broker in
      let client = BrokerClient("client", port: broker.port, filters: ["t/#"])
      try await client.connected()
      try await client.deliver(Publication(topic: "t/1", payload: [1]))
      try await client.deliver(Publication(topic: "t/2", payload: [2]))
      #expect(try await client.next("the second") { $0.topic == "t/2" }.payload == [2])
      #expect(try await client.next("the first") { $0.topic == "t/1" }.payload == [1])
      async let later = client.next("a later one") { $0.topic == "t/1" }
      try await client.deliver(Publication(topic: "t/1", payload: [3]))
      #expect(try await later.payload == [3])
      #expect(client.latest("t/1")?.payload == [3])
    }
  }

  @Test func `what does not come is named`() async throws {
    try await withBroker { broker in
      let client = BrokerClient("client", port: broker.port, filters: [])
      try await client.connected()
      let error = await #expect(throws: WaitError.self) {
        try await client.next("a reply from nobody", within: .milliseconds(50)) { _ in true }
      }
      #expect(error?.description == "waited 0.05 seconds for a reply from nobody, in vain")
    }
  }

  @Test func `waiting ends when its task is cancelled`() async throws {
    let watched = Watched(0)
    let task = Task { try await watched.wait(for: "one", within: .seconds(50)) { $0 == 1 ? $0 : nil } }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
