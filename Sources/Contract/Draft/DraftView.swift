public import JSON

/// A draft read back from its bytes, as texts: for the CLI, the demo and a billing service.
public struct DraftView: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let id: String
    public let job: String
    public let type: String
    public let part: String?
    public let name: String
    public let quantity: String
    public let measuredQuantity: String?
    public let estimatedQuantity: String?
    public let removedQuantity: String?
    /// Plus or minus, in `unit`.
    public let uncertainty: String?
    /// UN/ECE Recommendation 20.
    public let unit: String
    public let unitPrice: String
    public let priceBaseQuantity: String
    public let netAmount: String
    /// Where prices are with tax: the price, and what the customer pays for the line.
    public let taxIncluded: TaxIncluded?
    public let taxCategory: String
    public let taxRate: String
    public let costAmount: String
    public let markupPercent: String
    public let quality: String
    public let flags: [String]
    /// How many gaps, and pieces of evidence, stand behind it; in full in `document`.
    public let gaps: Int
    public let evidence: Int
    /// Those pieces of evidence that say how somebody settled what held the line.
    public let settlements: [Settlement]
  }

  public struct TaxIncluded: Hashable, Sendable {
    public let unitPrice: String
    public let amount: String
  }

  public struct Settlement: Hashable, Sendable {
    public let hold: String
    /// `accept`, a quantity or a price.
    public let with: String
    public let by: String
    public let at: String
    public let reason: String
  }

  public struct Tax: Hashable, Sendable {
    public let category: String
    public let rate: String
    public let reason: String?
    public let taxable: String
    public let tax: String
  }

  public struct JobHeader: Hashable, Sendable {
    public let id: String
    public let title: String?
    public let orderRef: String?
    public let poNumber: String?
    public let startedAt: String?
    public let completedAt: String?
  }

  public let id: String
  public let revision: Int
  public let sequence: Int64
  public let series: String
  public let kind: String
  public let supersedes: String?
  public let contentSHA256: String
  public let emittedAt: String
  public let isClockTrusted: Bool
  public let gatewayID: String
  public let gatewayName: String
  public let customerRef: String
  public let customerName: String?
  public let currency: String
  public let terms: String?
  public let delivery: String
  public let jobs: [JobHeader]
  public let lines: [Line]
  public let taxes: [Tax]
  /// `lines_net`, `tax_exclusive`, `tax`, `tax_inclusive`, `payable`, …: each with its amount.
  public let totals: [String: String]
  public let notes: [String]
  public let auditHead: String
  /// Everything, as it came.
  public let document: JSONObject

  public var payable: String { totals["payable"] ?? "" }
}
