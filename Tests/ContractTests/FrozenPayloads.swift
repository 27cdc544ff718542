/// The bytes of version 1 of every message, as programs out there send and have stored them. The draft's are in
/// `FrozenDraft`.
///
/// Frozen. If a test against these fails, do not change them: a message that means something else is a new version
/// of its schema. A new member is no new meaning; freeze a new text beside the old one, which must still fit and be
/// read.
enum FrozenPayloads {
  static let texts: [String: String] = [
    "job.start": #"""
    {"id":"panel-7:1042","expires_at":"2026-11-21T08:30:00Z","work_center":"mill-1","job":"J-1001","part\#
    ":"bracket"}
    """#,
    "done": #"""
    {"id":"panel-7:1042","ok":true,"result":{"job":"J-1001","run":"R12","state":"running"}}
    """#,
    "refused": #"""
    {"id":"panel-7:1042","ok":false,"error":{"code":"not_running","message":"nothing runs at mill-1"}}
    """#,
    "online": #"""
    {"state":"online","version":"0.1.0","since":"2026-11-21T08:00:00Z","at":"2026-11-21T08:00:01Z"}
    """#,
    "offline": #"""
    {"state":"offline"}
    """#,
    "ack": #"""
    {"draft_id":"K7Q2ZP-000001","revision":1,"content_sha256":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0\#
    a0a0a0a0a0a0a0a0a0a0a0a","result":"accepted","reference":"INV-7"}
    """#,
    "billingStatus": #"""
    {"draft_id":"K7Q2ZP-000001","revision":1,"state":"partially_paid","amount_paid":"50","amount_due":"6\#
    9.11","external_number":"2026-007","url":"https://billing.example/7","event_id":"evt-981","observed_\#
    at":"2026-11-22T09:00:00Z"}
    """#,
    "ledger": #"""
    {"series":"K7Q2ZP","first_sequence":1,"last_sequence":9,"count":7,"sum":"1234.50","currency":"USD","\#
    audit_head":"abababababababababababababababababababababababababababababababab","at":"2026-11-21T08:0\#
    0:00Z"}
    """#,
    "device": #"""
    {"device":"scale-2","online":true,"channels":{"weight":{"value":"962.5","unit":"g","quality":"good",\#
    "stable":true,"at":"2026-11-21T08:00:05Z"}},"errors":{"no_reply":7},"latency":{"median_ms":12,"p99_m\#
    s":31,"count":128,"slow":false}}
    """#,
    "workCenter": #"""
    {"work_center":"mill-1","name":"Mill by the window","run_state":"running","run":"R1","job":"J-1001",\#
    "part":"bracket","started_at":"2026-11-21T08:00:10Z","started_by":"anna","tallies":{"materials":[{"d\#
    evice":"scale-2","material":"pla-black","lot":"L 7","quantity":"27.5","unit":"g"}],"seconds":{"runni\#
    ng":"1200"}},"last_action":{"at":"2026-11-21T08:00:10Z","action":"start","ok":true,"message":"done"}\#
    ,"usages":[]}
    """#,
    "job": #"""
    {"job":"J-1001","title":"Bracket für Arm","order_ref":"77","po_number":"PO-4711","customer":{"ref":"\#
    acme","name":"Acme Robotics"},"production_state":"complete","billing_state":"drafted","created_at":"\#
    2026-11-21T08:00:02Z","started_at":"2026-11-21T08:00:10Z","completed_at":"2026-11-21T08:23:20Z","par\#
    ts":[{"part":"bracket","name":"Left bracket","quantity":2,"work_center":"mill-1","complete":true,"ru\#
    ns":[{"run":"R1","work_center":"mill-1","started_at":"2026-11-21T08:00:10Z","started_by":"anna","end\#
    ed_at":"2026-11-21T08:23:20Z","outcome":"done","settled":true,"tallies":{"materials":[{"device":"sca\#
    le-2","material":"pla-black","lot":"L 7","quantity":"27.5","unit":"g"}],"seconds":{"running":"1200"}\#
    },"marks":["load_changed"]}]}],"runs":[],"entries":[{"entry":"E1","type":"labor","operator":"anna","\#
    activity":"post-processing","seconds":"750","by":"anna","at":"2026-11-21T08:21:41Z"},{"entry":"E2","\#
    type":"service","service":"design-revision","quantity":"1","by":"anna","at":"2026-11-21T08:21:42Z"}]\#
    ,"drafts":[{"draft_id":"K7Q2ZP-000001","revision":1,"sequence":1,"kind":"invoice","state":"pending",\#
    "payable":"119.11","currency":"USD"}],"holds":[],"settlements":[]}
    """#,
    "usage": #"""
    {"usage":"U1","work_center":"mill-1","device":"scale-2","kind":"material","quantity":"1.25","unit":"\#
    g","from":"2026-11-21T08:22:00Z","to":"2026-11-21T08:22:10Z","quality":"measured","open":true}
    """#,
    "alarm": #"""
    {"alarm":"rejected.K7Q2ZP-000001","kind":"draft_rejected","message":"billing rejected draft K7Q2ZP-0\#
    00001 of job J-1001: no such customer","since":"2026-11-21T08:25:00Z"}
    """#,
    "catalog": #"""
    {"currency":"USD","work_centers":[{"id":"mill-1","name":"Mill by the window","scales":["scale-2"]}],\#
    "materials":[{"id":"pla-black","name":"PLA, black"}],"activities":[{"id":"post-processing","name":"P\#
    ost-processing"}],"services":[{"id":"design-revision","name":"Design revision fee"}],"taxes":[{"id":\#
    "exempt"},{"id":"standard"}],"customers":[{"ref":"acme","name":"Acme Robotics"}]}
    """#,
  ]
}
