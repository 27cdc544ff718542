/// One request as a played device saw it.
public struct ModbusRequest: Hashable, Sendable {
  public let unit: UInt8
  public let function: UInt8
  public let address: UInt16
  public let count: UInt16
  /// Counts the requests of this server from 1.
  public let number: Int
  /// Counts the requests to this unit from 1.
  public let numberOfUnit: Int
}

/// What a played device does wrong with one request.
public enum ModbusFault: Hashable, Sendable {
  /// The right answer, but only after so long. The unit answers nothing else before.
  case late(milliseconds: Int)
  /// No answer.
  case mute
  /// Another unit answers instead, with what it holds.
  case wrongUnit(UInt8)
  case exception(UInt8)
  /// Only the first bytes of the answer.
  case truncated(bytes: Int)
  /// The answer, and the same again.
  case duplicated(afterMilliseconds: Int)
  /// One bit of the answer is turned over: on a serial line the checksum no longer fits.
  case corrupted
  /// The answer byte by byte, each so long after the one before.
  case dripped(millisecondsPerByte: Int)
  /// An answer to another function, with the same data.
  case wrongFunction
  /// An answer with one register more than was asked for.
  case wrongLength
  /// TCP: the answer under the number of another request. On a serial line, the right answer.
  case wrongTransaction
  /// TCP: the connection is closed instead of an answer. On a serial line, no answer.
  case hangUp
  /// The same, torn down without a goodbye.
  case reset
  /// TCP: from now on nobody listens on this connection, which stays as it is. On a serial line, no answer.
  case halfOpen
}

/// Decides the fate of each request; nil answers rightly. Called on the server's thread.
public typealias ModbusScript = @Sendable (ModbusRequest) -> ModbusFault?
