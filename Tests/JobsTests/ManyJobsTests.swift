import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct ManyJobsTests {
  /// A shop with years of closed jobs behind it.
  static func old(_ count: Int) -> Shopfloor {
    var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.runState = nil })
    for number in 1...count {
      guard let job = JobID("old-\(number)") else { continue }
      _ = floor.serviceJob(job)
    }
    return floor
  }

  @Test("thousands of closed jobs do not slow what happens today")
  func closedJobs() {
    func day(_ floor: Shopfloor) -> Duration {
      var floor = floor
      return ContinuousClock().measure {
        for number in 1...30 {
          guard let job = JobID("new-\(number)") else { continue }
          floor.create(job)
          floor.start()
          floor.pause()
          floor.resume()
          floor.complete(at: "printer-1")
          floor.press("andon-1", .complete)
        }
      }
    }
    let few = Self.old(20)
    let many = Self.old(1_000)
    #expect(many.shop.openJobs.isEmpty && many.drafts.count == 1_000)
    _ = day(few)
    // A scan of them all would make it a hundred times as slow; the rest is the noise of a shared machine.
    #expect(day(many) < day(few) * 6 + .milliseconds(300))
  }

  @Test("a change to a copy of the shop costs the same with thousands of jobs as with a few")
  func copies() {
    func cost(_ floor: Shopfloor) -> Duration {
      var books = floor.books
      return ContinuousClock().measure {
        for number in 1...50 {
          guard let job = JobID("new-\(number)") else { continue }
          var copy = books
          _ = copy.apply(.command(.jobCreate(JobOrder(job: job, customer: "plain")), by: "a", at: floor.now))
          books = copy
        }
      }
    }
    let few = Self.old(20)
    let many = Self.old(1_000)
    _ = cost(few)
    // Copying every row made it a few hundred times as slow.
    let (small, large) = (cost(few), cost(many))
    #expect(large < small * 10 + .milliseconds(50), "\(small) and \(large) for 50 changes")
  }
}
