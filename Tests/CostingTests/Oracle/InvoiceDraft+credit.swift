import Costing
import Jobs
import Measures

extension InvoiceDraft {
  /// In what it does not take back another: the same amounts, line by line and in all.
  func differences(asCreditOf other: InvoiceDraft) -> [String] {
    let isSame =
      lines.map(\.netAmount) == other.lines.map(\.netAmount)
      && lines.map(\.tax) == other.lines.map(\.tax) && taxes == other.taxes && totals == other.totals
      && lines.allSatisfy { $0.credits?.draft == other.id }
    return isSame ? [] : ["\(id) does not take \(other.id) back: \(totals), not \(other.totals)"]
  }
}
