/// What is read from one device, and how often.
public struct PollPlan: Hashable, Sendable {
  /// The device's name in the configuration.
  public let name: String
  /// 1 … 247; on TCP also 0 and 255, which mean the endpoint itself.
  public let unit: UInt8
  /// 10 … 3,600,000. Deadlines are absolute: sweep `k` is due at start + `k` periods.
  public let periodMilliseconds: Int
  /// Gaps filled, as far as that is allowed.
  public let blocks: [Block]
  /// The same without filling a gap: for a device that turns out not to have what lies between.
  public let exactBlocks: [Block]
  public let manners: Manners
  public let identity: Identity?

  /// How a device wants to be asked, where that differs from its bus.
  public struct Manners: Hashable, Sendable {
    /// 10 … 60,000; nil: the endpoint's.
    public var responseTimeoutMilliseconds: Int?
    /// So often a lost or damaged reply is asked for again within the sweep, 0 … 5.
    public var retries: Int
    /// How long the bus is left alone before this device is asked, 0 … 10,000.
    public var pauseMilliseconds: Int

    public init(responseTimeoutMilliseconds: Int? = nil, retries: Int = 0, pauseMilliseconds: Int = 0) {
      self.responseTimeoutMilliseconds = responseTimeoutMilliseconds.map { min(max($0, 10), 60_000) }
      self.retries = min(max(retries, 0), 5)
      self.pauseMilliseconds = min(max(pauseMilliseconds, 0), 10_000)
    }
  }

  /// Registers that tell which make of device it is: read after each connect and every few minutes.
  public struct Identity: Hashable, Sendable {
    let block: Block
    let expected: [[UInt16]]

    /// - Parameters:
    ///   - point: registers, not bits.
    ///   - expected: what may stand there, each as long as the point.
    /// - Returns: nil if the point cannot be read in one request, or nothing is expected.
    public init?(_ point: Point, expected: [[UInt16]]) {
      guard !point.table.holdsBits, let block = Block(point.table, point.address, count: point.count),
        !expected.isEmpty
      else { return nil }
      self.block = block
      self.expected = expected
    }
  }

  /// - Parameters:
  ///   - groups, wholeBlocks, maximumGap, maximumRegisters: see ``BlockPlan``.
  /// - Throws: a ``PlanError`` that names the device or the point.
  public init(
    name: String, unit: UInt8, periodMilliseconds: Int, groups: [[Point]], wholeBlocks: [Point] = [],
    maximumGap: UInt16 = 0, maximumRegisters: UInt16 = 125, manners: Manners = Manners(),
    identity: Identity? = nil
  ) throws(PlanError) {
    guard unit <= 247 || unit == 255 else {
      throw PlanError.unitOutOfRange(device: name, unit: unit)
    }
    guard (10...3_600_000).contains(periodMilliseconds) else {
      throw PlanError.periodOutOfRange(device: name, milliseconds: periodMilliseconds)
    }
    func plan(_ gap: UInt16) throws(PlanError) -> BlockPlan {
      try BlockPlan(
        groups: groups, wholeBlocks: wholeBlocks, maximumGap: gap, maximumRegisters: maximumRegisters)
    }
    blocks = try plan(maximumGap).blocks
    exactBlocks = try plan(0).blocks
    guard !blocks.isEmpty else { throw PlanError.nothingToRead(device: name) }
    self.name = name
    self.unit = unit
    self.periodMilliseconds = periodMilliseconds
    self.manners = manners
    self.identity = identity
  }
}
