/// What a machine calls its own task, and the job and part that it names.
public struct TaskName: Hashable, Sendable, Codable {
  public let text: String
  /// `nil`: it names none.
  public let job: JobID?
  public let part: PartID?

  public init(text: String, job: JobID? = nil, part: PartID? = nil) {
    self.text = text
    self.job = job
    self.part = part
  }
}
