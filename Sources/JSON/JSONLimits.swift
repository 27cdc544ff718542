/// How much a document may hold before it is refused. Everything is bounded, for it comes from the network.
public struct JSONLimits: Hashable, Sendable {
  /// Bytes of the whole document.
  public var maximumBytes: Int
  /// How deep arrays and objects may nest; a plain scalar has depth 0. At most `deepest`.
  public var maximumDepth: Int
  /// Keys in the whole document, over all its objects.
  public var maximumKeys: Int
  /// Bytes of one string or key, in UTF-8, after its escapes are resolved.
  public var maximumStringBytes: Int
  /// Bytes of one number's text.
  public var maximumNumberBytes: Int

  /// Writing, comparing and releasing a value walk it recursively, so there is a depth nobody may ask for.
  public static let deepest = 128

  public init(
    maximumBytes: Int, maximumDepth: Int = 8, maximumKeys: Int = 256, maximumStringBytes: Int = 16_384,
    maximumNumberBytes: Int = 64
  ) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = min(maximumDepth, Self.deepest)
    self.maximumKeys = maximumKeys
    self.maximumStringBytes = maximumStringBytes
    self.maximumNumberBytes = maximumNumberBytes
  }

  /// Commands and billing messages: 16 KiB. No argument of theirs is longer than 4 KiB.
  public static let command = JSONLimits(maximumBytes: 16_384, maximumStringBytes: 4_096)

  /// Telemetry of devices: 64 KiB. A printer with eight spools tells itself in six hundred keys.
  public static let telemetry = JSONLimits(maximumBytes: 65_536, maximumDepth: 12, maximumKeys: 2_048)

  /// What we wrote ourselves (journal rows, drafts): large, but a broken file still cannot eat the memory.
  public static let trusted = JSONLimits(
    maximumBytes: 64 << 20, maximumDepth: 64, maximumKeys: 4_000_000, maximumStringBytes: 16 << 20)
}
