import Contract
import Jobs
import Journal
public import JSON
import Measures
public import Metering

/// Why a line of a draft costs what it costs: from the amount to the price, to the tally, to the readings with
/// their times and devices.
public struct Explanation: Sendable {
  public struct Line: Sendable {
    public let line: JSONValue
    public let sources: [Source]
    /// What the price list, and the machine itself, have to say to it.
    public let rules: [String]
  }

  /// The journal's facts behind one piece of evidence.
  public struct Source: Sendable {
    public let evidence: JSONValue
    public let segments: [Segment]
    public let stretches: [Stretch]
    /// Whether the rows still have the hash that the draft carries.
    public let isProven: Bool
    /// What was read for the run; `nil` where nothing is kept of it.
    public let chart: RunChart?
    /// Why what was read cannot be shown.
    public let chartFault: String?
    public let channel: ChannelID?
  }

  public let draft: JSONValue
  public let lines: [Line]
  /// All of its lines are explained, and so its totals.
  let isWhole: Bool

  /// - Parameters:
  ///   - id: a draft id; the revision that billing took, or the newest, is explained unless one is named.
  ///   - line: a line's id, `L1`; `nil` for all.
  /// - Throws: `ExplanationError` when there is no such draft or line; `JournalError`.
  public init(draft id: String, revision: Int? = nil, line wanted: String? = nil, directory: String) throws {
    let reader = try JournalReader(directory: directory)
    let revisions = try reader.drafts(id: id)
    let named = revisions.filter { revision == nil || $0.revision == revision.map(Int64.init) }
    // The one that billing took, though a higher one was sent.
    guard let row = named.last(where: { $0.state != .superseded }) ?? named.last else {
      let known = try reader.drafts().suffix(10).map(\.draftID)
      throw ExplanationError(
        "there is no draft \(id)\(revision.map { " revision \($0)" } ?? ""); "
          + (known.isEmpty ? "no job was drafted yet" : "the newest are: \(known.joined(separator: ", "))"))
    }
    draft = try JSONScanner.parse(row.body, limits: .trusted)
    isWhole = wanted == nil
    let all = draft["lines"]?.array ?? []
    let chosen = all.filter { wanted == nil || $0["id"]?.string == wanted }
    guard !chosen.isEmpty || wanted == nil else {
      throw ExplanationError(
        "draft \(id) has no line \(wanted ?? ""); it has: \(all.compactMap { $0["id"]?.string }.joined(separator: ", "))"
      )
    }
    // What is only to be looked at must not hide what was billed: neither the rules nor the curves.
    let shop = try? StoredShop.read(directory: directory)
    lines = try chosen.map { line in
      let sources = try (line["evidence"]?.array ?? []).map { try Self.source($0, reader) }
      return Line(line: line, sources: sources, rules: shop.map { LineRules(line, $0).texts } ?? [])
    }
  }

  /// The runs behind these lines, each once, as they were read.
  public var charts: [RunChart] {
    let sources = lines.flatMap(\.sources)
    var known: Set<RunID> = []
    let charts = sources.compactMap(\.chart).filter { known.insert($0.run).inserted }
    let channels = Set(sources.compactMap(\.channel))
    // Of one line only its own channels; a line of machine time has no curve of its own.
    let own = charts.compactMap { $0.only(channels) }
    return own.isEmpty ? charts : own
  }

  private static func source(_ evidence: JSONValue, _ reader: JournalReader) throws -> Source {
    guard let run = evidence["run"]?.string.flatMap({ RunID($0) as RunID? }),
      let channel = channel(of: evidence)
    else {
      return Source(
        evidence: evidence, segments: [], stretches: [], isProven: true, chart: nil, chartFault: nil,
        channel: nil)
    }
    var bytes: [UInt8] = []
    var segments: [Segment] = []
    var stretches: [Stretch] = []
    for row in try reader.rows(subject: EvidenceRows.subject(of: run)) {
      guard let fact = try EvidenceRows.fact(in: (row.kind, Int(row.version), row.body), on: channel) else {
        continue
      }
      bytes += row.body
      switch fact {
      case .segment(let segment): segments.append(segment)
      case .stretch(let stretch): stretches.append(stretch)
      default: break
      }
    }
    segments = Self.ofOneLoad(segments, evidence)
    let chart = Result { try RunChart(run, in: reader) }
    var fault: String?
    if case .failure(let error) = chart { fault = "\(error)" }
    return Source(
      evidence: evidence, segments: segments, stretches: stretches,
      isProven: SHA256.hexDigest(bytes) == evidence["sha256"]?.string,
      chart: (try? chart.get()) ?? nil,
      chartFault: fault, channel: channel)
  }

  /// Of several materials or lots on one scale, those that this evidence stands for; the hash is over all of them.
  private static func ofOneLoad(_ segments: [Segment], _ evidence: JSONValue) -> [Segment] {
    struct Load: Hashable {
      let material: MaterialID?
      let lot: String?
    }
    // Two may begin at one moment: the one that was taken off at once, and the one that came.
    let groups = Dictionary(grouping: segments) { Load(material: $0.account.material, lot: $0.account.lot) }
    let own = groups.values.first { group in
      "\(group[0].from.wall)" == evidence["from"]?.string
        && (group.last.map { "\($0.to.wall)" }) == evidence["to"]?.string
        && evidence["segments"]?.int64 == Int64(group.count)
    }
    return own ?? segments
  }

  private static func channel(of evidence: JSONValue) -> ChannelID? {
    guard let device = evidence["device"]?.string, let kind = evidence["channel"]?.string else { return nil }
    return ChannelID("\(device)/\(kind)")
  }
}

public struct ExplanationError: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
