internal import Glibc

/// One named thread as a serial executor: the only place where a bus may block.
///
/// `@unchecked Sendable`: `jobs`, `sleeper`, `isClosed` and `isStopping` are guarded by `mutex`.
final class BusThread: SerialExecutor, @unchecked Sendable {
  /// Enough for the deepest path, measured by a test in a debug build, and 64 MiB of address space for 256
  /// buses.
  static let stackBytes = 256 * 1_024

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [UnownedJob] = []
  private var sleeper: (deadline: Int64, continuation: CheckedContinuation<Void, Never>)?
  private var isClosed = false
  private var isStopping = false

  /// - Parameter name: cut to the 15 bytes that the kernel keeps.
  /// - Throws: `errno` of `pthread_create`.
  init(name: String) throws(ThreadError) {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var clock = pthread_condattr_t()
    pthread_condattr_init(&clock)
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &clock)
    pthread_condattr_destroy(&clock)

    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, BusThread.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    // The thread owns the executor until it is closed, so a job never runs on a freed one.
    let box = Unmanaged.passRetained(Entry(executor: self, name: name))
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let entry = Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue()
        BusThread.nameThisThread(entry.name)
        entry.executor.work()
        return nil
      }, box.toOpaque())
    if code != 0 {
      box.release()
      throw ThreadError(errno: code)
    }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// By way of /proc: pthread_setname_np is hidden from Swift, which imports glibc without _GNU_SOURCE.
  /// A name helps `top -H`; that it could not be set stops nobody.
  private static func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(kernelName(name).utf8)
    _ = write(file, bytes, bytes.count)
    Glibc.close(file)
  }

  /// At most 15 bytes, never cut inside a character.
  static func kernelName(_ name: String) -> String {
    var kept = ""
    for character in name where character != "\0" {
      if kept.utf8.count + character.utf8.count > 15 { break }
      kept.append(character)
    }
    return kept
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Resumes `continuation` from this thread at `deadline` (CLOCK_MONOTONIC), or when stopped. One at a
  /// time: only the bus's own loop sleeps.
  func sleep(until deadline: Int64, _ continuation: CheckedContinuation<Void, Never>) {
    pthread_mutex_lock(mutex)
    let displaced = sleeper
    sleeper = (isStopping ? 0 : deadline, continuation)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    displaced?.continuation.resume()
  }

  /// Ends the current sleep and every later one at once.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopping = true
    sleeper?.deadline = 0
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  var stopping: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return isStopping
  }

  /// Lets the thread end once it has run what is queued.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private enum Turn {
    case run([UnownedJob])
    case wake(CheckedContinuation<Void, Never>)
    case end
  }

  private func work() {
    while true {
      switch nextTurn() {
      case .run(let jobs):
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      case .wake(let continuation):
        continuation.resume()
      case .end:
        return
      }
    }
  }

  private func nextTurn() -> Turn {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if !jobs.isEmpty {
        let turn = Turn.run(jobs)
        jobs = []
        return turn
      }
      if let sleeping = sleeper {
        if sleeping.deadline <= BusClock.now() {
          sleeper = nil
          return .wake(sleeping.continuation)
        }
        var deadline = timespec(nanoseconds: sleeping.deadline)
        pthread_cond_timedwait(condition, mutex, &deadline)
      } else if isClosed {
        return .end
      } else {
        pthread_cond_wait(condition, mutex)
      }
    }
  }
}

/// What a new thread is handed.
private final class Entry {
  let executor: BusThread
  let name: String

  init(executor: BusThread, name: String) {
    self.executor = executor
    self.name = name
  }
}

/// The system would not give a thread.
public struct ThreadError: Error, Hashable, Sendable, CustomStringConvertible {
  public let errno: Int32

  public var description: String {
    "cannot start a thread for a bus: \(BusError.text(errno)); raise the limit of tasks (TasksMax)"
  }
}
