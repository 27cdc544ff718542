import Costing
import Jobs
import Measures
import TestShop
import Testing

/// Drafts that are sent again from a sequence on.
struct ResendTests {
  /// Sequences: 1 accepted and 4 its credit, 5 in its place; 2 rejected; 3 superseded by 6, pending; 7 void and 8 in
  /// its place.
  private func shop() throws -> Shopfloor {
    var floor = Shopfloor()
    func draft() throws -> InvoiceDraft { try #require(floor.drafts.last) }
    _ = floor.serviceJob("J1")
    floor.acknowledge(try draft())
    _ = floor.serviceJob("J2")
    floor.acknowledge(try draft(), .rejected(reason: nil))
    _ = floor.serviceJob("J3")
    floor.correct("J1")
    floor.correct("J3")
    _ = floor.serviceJob("J4")
    floor.acknowledge(try draft())
    floor.report(try draft(), "void", "e1")
    floor.correct("J4")
    #expect(floor.drafts.map(\.sequence) == Array(1...8))
    return floor
  }

  private func again(_ floor: inout Shopfloor, from sequence: Int64) -> (sequences: [Int64], count: Int?) {
    let before = floor.effects.count
    let receipt = floor.send(.draftsResend(from: sequence)).receipt
    let sequences = floor.effects[before...].compactMap { effect -> Int64? in
      guard case .again(let id, let revision) = effect else { return nil }
      return floor.drafts.first { $0.id == id && $0.revision == revision }?.sequence
    }
    return (sequences, receipt?.count)
  }

  @Test("what stands is sent again in order, and nothing that was rejected, replaced or is void")
  func order() throws {
    var floor = try shop()
    let before = floor.shop
    for (from, expected) in [(1, [1, 4, 5, 6, 8]), (4, [4, 5, 6, 8]), (7, [8]), (8, [8])]
      as [(Int64, [Int64])]
    {
      let (sequences, count) = again(&floor, from: from)
      #expect(sequences == expected)
      #expect(count == expected.count)
    }
    #expect(floor.shop == before, "it changes nothing")
    let unanswered = try #require(floor.drafts.last)
    floor.acknowledge(unanswered, .rejected(reason: nil))
    let (sequences, count) = again(&floor, from: 7)
    #expect(sequences == [] && count == 0)
    #expect(floor.foldedAgain().books == floor.books)
  }

  @Test("a sequence that was not sent yet is refused, and says which is the newest")
  func unknown() throws {
    var none = Shopfloor()
    let refused = none.send(.draftsResend(from: 1))
    #expect(refused.code == .unknownDraft && refused.message == "nothing was sent yet")
    var floor = try shop()
    let high = floor.send(.draftsResend(from: 9))
    #expect(high.code == .unknownDraft && high.message.contains("the newest is of 8"), "\(high.message)")
    #expect(floor.send(.draftsResend(from: .max)).code == .unknownDraft)
    #expect(!floor.effects.contains { if case .again = $0 { true } else { false } })
  }

  @Test("an answer to what was accepted before changes nothing")
  func answered() throws {
    var floor = try shop()
    let first = floor.drafts[0]
    let before = floor.shop.jobs
    for answer in [Acknowledgment.accepted(reference: "B-2"), .rejected(reason: "no")] {
      floor.acknowledge(first, answer)
      #expect(floor.shop.jobs == before)
    }
  }
}
