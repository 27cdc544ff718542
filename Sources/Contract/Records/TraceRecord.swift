internal import JSON
public import Metering

/// The traces of a run as the journal's file keeps them: the head first, then the chunks, each under its number.
public enum TraceRecord {
  /// What must be written of a trace; with its head, all others that are on disk must go.
  public static func pieces(of trace: Trace) throws(ContractError) -> [(number: Int64, bytes: [UInt8])] {
    guard let unstored = trace.unstored else { return [] }
    var changed: [(number: Int64, bytes: [UInt8])] = []
    if let head = unstored.head { changed.append((0, try RecordCoder.encode(head, as: "trace"))) }
    for (index, chunk) in zip(unstored.chunks.indices, unstored.chunks) {
      changed.append((Int64(index) + 1, chunk.bytes))
    }
    return changed
  }

  /// A trace read back from its pieces.
  /// - Throws: `ContractError` where a piece is missing, or is none that this program knows.
  public static func stored(
    _ pieces: [(number: Int64, bytes: [UInt8])]
  ) throws(ContractError) -> StoredTrace {
    guard let first = pieces.first, first.number == 0 else { throw ContractError("a trace lacks its head") }
    let head = try RecordCoder.decode(Trace.Head.self, from: first.bytes, as: "trace")
    var chunks: [[TracePoint]] = []
    for (place, piece) in pieces.enumerated().dropFirst() {
      guard piece.number == place, let points = TraceChunk.points(in: piece.bytes) else {
        throw ContractError("chunk \(place) of the trace of \(head.channel) is missing or damaged")
      }
      chunks.append(points)
    }
    return StoredTrace(head: head, chunks: chunks)
  }
}

/// What was read on one channel during one run, as far as it is on disk.
public struct StoredTrace: Sendable {
  public let head: Trace.Head
  /// The corners, chunk by chunk.
  public let chunks: [[TracePoint]]

  public var points: [TracePoint] { chunks.flatMap { $0 } }
}
