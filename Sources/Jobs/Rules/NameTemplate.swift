internal import Measures

/// A service's name with places for what the job says of itself: `Design revision, {title}`.
public struct NameTemplate: Hashable, Sendable {
  /// What stands in braces, and what a job has there.
  public static let fields = ["job", "title", "order_ref", "po_number", "customer", "customer_name"]

  private enum Piece: Hashable, Sendable {
    case text(Substring)
    case field(Substring)
  }

  private var pieces: [Piece] = []

  /// The fields that it names, in its order.
  public var named: [String] {
    pieces.compactMap { if case .field(let name) = $0 { String(name) } else { nil } }
  }

  /// A brace that is not closed, or closed without being opened, is a brace.
  public init(_ text: String) {
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      pieces.append(.text(rest[..<open]))
      pieces.append(.field(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    pieces.append(.text(rest))
  }

  /// Where the job says nothing, its id stands for its title, the customer's for its name, and a dash for the rest.
  public func filled(for job: Job) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): return String(text)
      case .field("job"): return job.id.text
      case .field("title"): return job.title ?? job.id.text
      case .field("order_ref"): return job.orderRef ?? "–"
      case .field("po_number"): return job.poNumber ?? "–"
      case .field("customer"): return job.customer.ref.text
      case .field("customer_name"): return job.customer.name ?? job.customer.ref.text
      case .field(let name): return "{\(name)}"
      }
    }.joined()
  }
}
