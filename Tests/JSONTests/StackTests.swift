import Glibc
import JSON
import Testing

@Suite("Depth")
struct StackTests {
  /// Bus threads have 256 KiB stacks, and an overflow there would take the daemon down.
  @Test("the deepest document is read, compared, hashed and written on a 256 KiB stack")
  func deepest() throws {
    let arrays = String(repeating: "[", count: JSONLimits.deepest) + "1"
    let text = arrays + String(repeating: "]", count: JSONLimits.deepest)
    let objects = String(repeating: "{\"a\":", count: JSONLimits.deepest) + "{}"
    let limits = JSONLimits(maximumBytes: 4_096, maximumDepth: .max)
    let deeper = refusal("[\(text)]".utf8, limits)?.kind
    #expect(deeper == .tooDeep(maximum: JSONLimits.deepest))
    #expect(refusal(objects.utf8, limits)?.kind == .tooDeep(maximum: JSONLimits.deepest))

    try expectOnSmallStack {
      guard let one = try? parse(text, limits), let other = try? parse(text, limits) else { return false }
      return one == other && Set([one, other]).count == 1 && one.sortedBytes == Array(text.utf8)
        && (try? one.canonicalBytes) == one.sortedBytes
    }
  }

  /// `Codable` takes about 4 KiB a level in a debug build; messages from outside have at most 8 levels.
  @Test("a recursive type is coded through four times the depth of a command on a 256 KiB stack")
  func coded() throws {
    let depth = JSONLimits.command.maximumDepth * 4
    let text = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
    try expectOnSmallStack {
      guard let value = try? parse(text, .trusted) else { return false }
      let tree = try? JSONValueDecoder().decode(Tree.self, from: value)
      return tree.flatMap { try? JSONValueEncoder().encode($0) } == value
    }
  }

  private func expectOnSmallStack(_ body: @escaping () -> Bool) throws {
    let work = Work(body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    #expect(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0)
    var thread = pthread_t()
    let started = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
        work.succeeded = work.body()
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    try #require(started == 0)
    #expect(pthread_join(thread, nil) == 0)
    #expect(work.succeeded)
  }

  /// Used by one thread at a time: the join orders its accesses.
  private final class Work {
    let body: () -> Bool
    var succeeded = false

    init(_ body: @escaping () -> Bool) { self.body = body }
  }

  private indirect enum Tree: Codable {
    case leaf(Int)
    case branch([Tree])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .leaf(number)
      } else {
        self = .branch(try container.decode([Tree].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .leaf(let number): try container.encode(number)
      case .branch(let branches): try container.encode(branches)
      }
    }
  }
}
