public import Jobs
public import Measures
import Metering

/// How the name of a machine's own task names a job: a file called `JOB-7-bracket.gcode` is enough to start it.
public struct TaskPattern: Hashable, Sendable {
  public let workCenter: WorkCenterID
  /// A regular expression with a group `job`, and perhaps a group `part`.
  let text: String

  /// What a task's name means; ids are `nil` where the pattern does not match, or what it finds is no id.
  public func name(_ text: String) -> TaskName {
    guard let regex = try? Regex(self.text), let match = try? regex.firstMatch(in: text) else {
      return TaskName(text: text)
    }
    func group(_ name: String) -> String? { match.output[name]?.substring.map(String.init) }
    return TaskName(
      text: text, job: group("job").flatMap(JobID.init(_:)), part: group("part").flatMap(PartID.init(_:)))
  }
}

extension ConfigurationReader {
  /// `{match: '^(?<job>JOB-\d+)(-(?<part>\w+))?', device: printer-1}`; the device is the one that tells the run state
  /// unless another is named.
  func task(
    _ cursor: Cursor, _ rules: WorkCenterRules, _ center: String, _ users: inout [ChannelID: String]
  ) -> (channel: ChannelID, pattern: String)? {
    guard let section = cursor.section() else { return nil }
    let pattern = section.required("match")?.read(
      "a regular expression with a group job, such as ^(?<job>JOB-[0-9]+)"
    ) { text -> String? in
      text.utf8.count <= 256 && text.contains("(?<job>") && (try? Regex(text)) != nil ? text : nil
    }
    let named = section.optional("device")
    section.finish()
    guard rules.runState != nil else {
      cursor.mistake("a task starts a job when the machine does; that needs a run_state (found none)")
      return nil
    }
    let channel: ChannelID?
    if let named {
      channel = self.channel(.task, named, center, &users)
    } else if let device = rules.runState?.device, declared.devices[device]?.mayOffer(.task) ?? false {
      channel = ChannelID(device, .task)
    } else {
      cursor.mistake("the device that tells the run state has no task channel; name one that has by device")
      channel = nil
    }
    guard let channel, let pattern else { return nil }
    return (channel, pattern)
  }
}
