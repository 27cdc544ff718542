import Contract
import JSON
import Jobs
import MQTT
import ShopSimulator
import Synchronization
import TestGateway
import Testing

/// A program that never gives up: repeats each command, byte for byte, until its reply comes, and keeps its own
/// ledger of what was replied.
final class Driver: Sendable {
  /// What a job was told, by replies.
  struct Order: Sendable {
    let job: String
    var services = 0
    var minutes = 0
    var grams = 0
  }

  private struct Entry: Sendable {
    let id: String
    let verb: String
    let payload: [UInt8]
    let reply: [UInt8]
  }

  private struct Book: Sendable {
    var entries: [Entry] = []
    var orders: [Order] = []
    var chance: Chance
  }

  private let actor: String
  private let client: BrokerClient
  private let topics: Topics
  private let book: Mutex<Book>

  init(_ actor: String, played: PlayedShop, seed: UInt64) {
    self.actor = actor
    topics = played.shop.topics
    client = BrokerClient(
      actor, port: played.shop.broker.port, filters: [topics.replyFilter(actor)], wantsRetained: false)
    book = Mutex(Book(chance: Chance(seed: seed &+ UInt64(actor.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))))
  }

  /// Completed jobs.
  var orders: [Order] { book.withLock(\.orders) }
  /// Commands replied to.
  var count: Int { book.withLock { $0.entries.count } }

  /// One job after the other.
  func work(usesBench: Bool, until isOver: () -> Bool) async throws {
    try await client.connected()
    var number = 0
    while !isOver() {
      number += 1
      var order = Order(job: "\(actor)-\(number)")
      let job = #""job":"\#(order.job)""#
      try await ask("job.create", #"\#(job),"customer":"acme","parts":[]"#)
      if usesBench { try await ask("job.start", #"\#(job),"work_center":"bench""#) }
      for _ in 0..<(1 + draw(3)) {
        let (count, minutes, grams) = (1 + draw(3), 6 * (1 + draw(9)), 1 + draw(500))
        try await ask("service.add", #"\#(job),"service":"design-revision","quantity":\#(count)"#)
        order.services += count
        try await ask(
          "labor.record", #"\#(job),"operator":"mira","activity":"post-processing","minutes":\#(minutes)"#)
        order.minutes += minutes
        try await ask("material.record", #"\#(job),"material":"pla-black","grams":\#(grams)"#)
        order.grams += grams
      }
      if usesBench { try await ask("job.stop", #""work_center":"bench","outcome":"done""#) }
      try await ask("job.complete", job)
      let done = order
      book.withLock { $0.orders.append(done) }
    }
  }

  /// Asks some of what was replied long ago once more: the same bytes must come back.
  func askAgain() async throws {
    let entries = book.withLock { book in
      (0..<20).map { _ in book.entries[book.chance.next(book.entries.count)] }
    }
    for entry in entries {
      let reply = try await exchange(entry.verb, entry.payload, id: entry.id)
      #expect(reply == entry.reply, "\(entry.verb) \(entry.id)")
    }
    client.close()
  }

  private func draw(_ limit: Int) -> Int { book.withLock { $0.chance.next(limit) } }

  private func ask(_ verb: String, _ arguments: String) async throws {
    let id = "c\(count + 1)"
    let payload = Array(#"{"id":"\#(id)",\#(arguments)}"#.utf8)
    let reply = try await exchange(verb, payload, id: id)
    // A second effect would show: the job exists already, the bench is taken, nothing runs there any more.
    if case .failure(let refusal) = try Reply.decode(reply).result {
      throw PlayedShopError("\(actor) \(verb) \(id) was refused: \(refusal.code) \(refusal.message)")
    }
    book.withLock { $0.entries.append(Entry(id: id, verb: verb, payload: payload, reply: reply)) }
  }

  private func exchange(_ verb: String, _ payload: [UInt8], id: String) async throws -> [UInt8] {
    let topic = topics.reply(actor, id)
    let end = ContinuousClock.now + .seconds(45)
    while ContinuousClock.now < end {
      client.publish(topics.command(actor, verb), payload)
      do {
        return try await client.next("the reply to \(verb) \(id)", within: .milliseconds(300)) {
          $0.topic == topic
        }.payload
      } catch is WaitError {
        continue
      }
    }
    throw PlayedShopError("no reply to \(actor) \(verb) \(id) within 45 s")
  }
}
