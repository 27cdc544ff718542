import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What billing took back, or could not send: of one revision, and of no other.
struct VoidTests {
  /// A job whose first revision is not answered, and whose second is out.
  private func revised() throws -> (floor: Shopfloor, first: InvoiceDraft, second: InvoiceDraft) {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    #expect(second.id == first.id && second.revision == 2)
    return (floor, first, second)
  }

  @Test("a void of the revision that was replaced is none of its successor", arguments: [nil, 1])
  func voidOfTheFirst(_ revision: Int?) throws {
    for word in ["void", "failed"] {
      var (floor, first, second) = try revised()
      floor.report(first, revision: revision, word, "e1")
      #expect(floor.job("J1")?.billing == .drafted, "the second is out")
      floor.acknowledge(second)
      #expect(floor.job("J1")?.billing == .accepted)
      floor.report(second, "sent", "e2")
      #expect(floor.job("J1")?.billing == .sent)
      floor.reopen("J1")
      floor.complete("J1")
      #expect(floor.drafts.count == 2, "nothing changed, and nothing was taken back")
    }
  }

  @Test("what was void before its correction went out is not void again by that one's acceptance")
  func voidBeforeTheSecond() throws {
    for word in ["void", "failed"] {
      var floor = Shopfloor()
      let made = floor.serviceJob("J1")
      let first = try #require(made)
      floor.report(first, word, "e1")
      #expect(floor.job("J1")?.billing.rawValue == word, "there is but one that it can be said of")
      floor.correct("J1")
      let second = try #require(floor.drafts.last)
      #expect(second.revision == 2)
      floor.report(second, "created", "e2")
      floor.acknowledge(second)
      #expect(floor.job("J1")?.billing == .accepted)
      floor.report(second, "void", "e3")
      #expect(floor.job("J1")?.billing == .void, "of an accepted one it needs no revision")
    }
  }

  @Test("a void that names its revision counts before the acceptance of that revision is here")
  func voidBeforeTheAcknowledgment() throws {
    var (floor, _, second) = try revised()
    floor.report(second, revision: 2, "void", "e1")
    #expect(floor.job("J1")?.billing == .void)
    floor.acknowledge(second)
    #expect(floor.job("J1")?.billing == .void)
    floor.report(second, revision: 7, "paid", "e2")
    #expect(floor.job("J1")?.billing == .void, "there is no seventh")
  }

  @Test("what is said of a revision that another took the place of stays with it")
  func newsOfTheReplaced() throws {
    var (floor, first, second) = try revised()
    floor.acknowledge(second)
    floor.report(first, revision: 1, "paid", "e1")
    #expect(floor.job("J1")?.billing == .accepted)
    #expect(floor.job("J1")?.drafts.map(\.payment) == [.paid, nil])
  }
}
