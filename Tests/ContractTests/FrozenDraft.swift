/// The bytes of version 1 of the draft schema, as billing services have stored and hashed them.
///
/// Frozen. If a test against these fails, do not change them: billing services out there hold drafts like this
/// one, and a changed document is a new schema (`chargehand/invoice-draft/2`).
enum FrozenDraft {
  static let contentSHA256 = "01ef0326b7f1c0fa8b0de5b1a08d1af439ad4b7dc31f440c1822e174a5694a9c"

  static let text = #"""
    {"allowances":[],"audit_head":"abababababababababababababababababababababababababababababababab","ch\#
    arges":[],"clock":"trusted","content_sha256":"01ef0326b7f1c0fa8b0de5b1a08d1af439ad4b7dc31f440c1822e1\#
    74a5694a9c","currency":"USD","customer":{"name":"Acme Robotics","ref":"acme"},"delivery":{"mode":"dr\#
    aft"},"deposits_applied":[],"draft_id":"K7Q2ZP-000001","emitted_at":"2026-11-21T08:23:26Z","gateway"\#
    :{"id":"shop-1","name":"North Street Fabrication"},"jobs":[{"completed_at":"2026-11-21T08:23:20Z","i\#
    d":"J-1001","order_ref":"77","po_number":"PO-4711","started_at":"2026-11-21T08:00:10Z","title":"Brac\#
    ket für Arm"}],"kind":"invoice","lines":[{"cost":{"amount":"0.68","markup_from":"shop","markup_perce\#
    nt":"15"},"estimated_quantity":"0.0012","evidence":[{"channel":"weight","device":"scale-2","first":"\#
    962.5 g","from":"2026-11-21T08:00:10Z","last":"935 g","run":"R1","segments":1,"sha256":"045760ee698f\#
    b98c88d0eeac247024b697167bc83e5a6637ef95fc5244d93a06","to":"2026-11-21T08:21:40Z"}],"flags":["load_c\#
    hanged"],"gaps":[{"from":"2026-11-21T08:01:40Z","seconds":"25","settlement":"bracketed","to":"2026-1\#
    1-21T08:02:05Z"}],"id":"L1","job":"J-1001","name":"PLA, black","net_amount":"0.79","part":"bracket",\#
    "price_base_quantity":"1","quality":"estimated","quantity":"0.0275","tax":{"category":"S","code":"st\#
    andard","rate":"8.25"},"type":"material","unit":"KGM","unit_price":"28.635"},{"cost":{"amount":"20.0\#
    0","markup_from":"shop","markup_percent":"15"},"evidence":[{"channel":"run_state","device":"mill-1",\#
    "from":"2026-11-21T08:00:11Z","run":"R1","segments":1,"sha256":"c58d0fb95c5c8a49ccf88071ed9bbe8fbce9\#
    24e8d67765593b31c543523a7a8d","to":"2026-11-21T08:20:11Z"}],"flags":[],"gaps":[],"id":"L2","job":"J-\#
    1001","name":"Milling, setup","net_amount":"23.00","part":"bracket","price_base_quantity":"1","quali\#
    ty":"manual","quantity":"1","tax":{"category":"S","code":"standard","rate":"8.25"},"type":"fee","uni\#
    t":"C62","unit_price":"23.00"},{"cost":{"amount":"34.00","markup_from":"shop","markup_percent":"15"}\#
    ,"evidence":[{"channel":"run_state","device":"mill-1","from":"2026-11-21T08:00:11Z","run":"R1","segm\#
    ents":1,"sha256":"c58d0fb95c5c8a49ccf88071ed9bbe8fbce924e8d67765593b31c543523a7a8d","to":"2026-11-21\#
    T08:20:11Z"}],"flags":[],"gaps":[],"id":"L3","job":"J-1001","measured_quantity":"0.333333","name":"M\#
    illing","net_amount":"39.10","part":"bracket","price_base_quantity":"1","quality":"measured","quanti\#
    ty":"0.4","tax":{"category":"S","code":"standard","rate":"8.25"},"type":"machine","unit":"HUR","unit\#
    _price":"97.75"},{"cost":{"amount":"9.37","markup_from":"shop","markup_percent":"15"},"evidence":[{"\#
    at":"2026-11-21T08:21:41Z","by":"anna","note":"anna: 12 min 30 s, noted afterwards"}],"flags":[],"ga\#
    ps":[],"id":"L4","job":"J-1001","name":"Post-processing","net_amount":"10.78","price_base_quantity":\#
    "1","quality":"manual","quantity":"0.208333","tax":{"category":"E","code":"exempt","rate":"0","reaso\#
    n":"Exempt service"},"type":"labor","unit":"HUR","unit_price":"51.75"},{"cost":{"amount":"35.00","ma\#
    rkup_from":"shop","markup_percent":"15"},"evidence":[{"at":"2026-11-21T08:21:42Z","by":"anna","note"\#
    :"entry E2"}],"flags":[],"gaps":[],"id":"L5","job":"J-1001","name":"Design revision fee","net_amount\#
    ":"40.25","price_base_quantity":"1","quality":"manual","quantity":"1","tax":{"category":"E","code":"\#
    exempt","rate":"0","reason":"Exempt service"},"type":"service","unit":"C62","unit_price":"40.25"}],"\#
    notes":[],"revision":1,"schema":"chargehand/invoice-draft/1","sequence":1,"series":"K7Q2ZP","tax_bre\#
    akdown":[{"category":"E","code":"exempt","rate":"0","reason":"Exempt service","tax":"0.00","taxable"\#
    :"51.03"},{"category":"S","code":"standard","rate":"8.25","tax":"5.19","taxable":"62.89"}],"terms":"\#
    net 15","totals":{"allowances":"0.00","charges":"0.00","lines_net":"113.92","payable":"119.11","prep\#
    aid":"0.00","retainage":"0.00","tax":"5.19","tax_exclusive":"113.92","tax_inclusive":"119.11"}}
    """#
}
