import Contract
import Jobs
import Testing

@Suite("Hostile commands") struct HostileTests {
  @Test("arguments that are wrong are refused with their code", arguments: Hostile.arguments)
  func arguments(_ hostile: Hostile) {
    let message = decoded(hostile.verb, #"{"id":"c-1",\#(hostile.json)}"#)
    #expect(hostile.code(of: message) == hostile.code)
    // Whoever sent it can be answered, even where the JSON itself is broken.
    #expect(message.id == "c-1")
  }

  @Test("payloads that are no command are refused with their code", arguments: Hostile.payloads)
  func payloads(_ hostile: Hostile) {
    let message = decoded(hostile.verb, hostile.json)
    #expect(hostile.code(of: message) == hostile.code)
    #expect(message.id == nil)
  }

  @Test("a payload that is broken behind its id is refused, and can be answered", arguments: Hostile.broken)
  func broken(_ hostile: Hostile) {
    let message = decoded(hostile.verb, hostile.json)
    #expect(hostile.code(of: message) == hostile.code)
    #expect(message.id == "1")
  }

  @Test("bytes that are no UTF-8 are malformed")
  func bytes() {
    let bytes = Array(#"{"id":"c-1","work_center":""#.utf8) + [0xFF, 0xC0] + Array(#""}"#.utf8)
    guard case .failure(let refusal) = CommandMessage.decode(verb: "job.pause", payload: bytes).command else {
      Issue.record("accepted")
      return
    }
    #expect(refusal.code == .malformed)
  }

  @Test("the list of hostile inputs stays long")
  func count() {
    #expect(Hostile.arguments.count + Hostile.payloads.count + Hostile.broken.count >= 200)
  }

  @Test("random bytes and mutations of good commands never trap, and what is accepted can be stored")
  func fuzz() throws {
    var random = Seeded(state: 42)
    let good: [(String, [UInt8])] = [
      (
        "job.create",
        #"{"id":"c","job":"J","customer":{"ref":"a","name":"b"},"markup":1.5,"parts":[{"part":"p"}]}"#
      ),
      ("labor.record", #"{"id":"c","job":"J","operator":"o","activity":"a","minutes":12.5}"#),
      ("hold.settle", #"{"id":"c","job":"J","hold":"h","reason":"r","quantity":"12.5 g"}"#),
      (
        "service.add",
        #"{"id":"c","job":"J","name":"n","price":"1.50","tax":"t","expires_at":"2026-11-21T08:00:00Z"}"#
      ),
    ].map { ($0.0, Array($0.1.utf8)) }
    var accepted = 0
    for round in 0..<8_000 {
      var (verb, bytes) = good[round % good.count]
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 2: bytes.insert(UInt8(ascii: "9"), at: place)
        case 3: bytes.append(contentsOf: bytes[place...])
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      if round % 7 == 0 { bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) } }
      if round % 11 == 0 { verb = String(decoding: bytes.prefix(12), as: UTF8.self) }
      _ = BillingAck.decode(bytes)
      _ = BillingStatusMessage.decode(bytes)
      _ = try? DraftDocument.read(bytes)
      _ = try? Reply.decode(bytes)
      guard case .success(let command) = CommandMessage.decode(verb: verb, payload: bytes).command else {
        continue
      }
      accepted += 1
      let event = Event.command(command, by: try .named("anna"), at: at(0))
      let record = try EventRecord.encode(event)
      #expect(
        try EventRecord.decode(kind: record.kind.rawValue, version: record.version, bytes: record.bytes)
          == event)
    }
    #expect(accepted > 150)
  }
}
