#!/usr/bin/python3
"""A billing service for Chargehand: takes each invoice draft once, stores it, and acknowledges it.

    billing_service.py HOST PORT GATEWAY FOLDER

It needs Debian's python3-paho-mqtt (1.6). docs/billing-service.md goes through it line by line.
"""

import decimal, hashlib, json, os, pathlib, re, sys
import paho.mqtt.client as mqtt

host, port, gateway, folder = sys.argv[1:]
topic, store = f"chargehand/{gateway}/billing/", pathlib.Path(folder)
store.mkdir(parents=True, exist_ok=True)
directory = os.open(store, os.O_RDONLY)


def intact(raw):
    """The draft, if its bytes without this one member are what was hashed."""
    try:
        draft = json.loads(raw)
        content = raw.replace(b'"content_sha256":"%s",' % draft["content_sha256"].encode(), b"", 1)
        is_right = hashlib.sha256(content).hexdigest() == draft["content_sha256"]
        return draft if is_right and re.fullmatch("[A-Z0-9-]{1,20}", draft["draft_id"]) else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def keep(path, raw):
    """On the disk when it returns, and in full or not at all."""
    with open(path.with_suffix(".new"), "wb", buffering=0) as file:
        file.write(raw)
        os.fsync(file.fileno())
    os.replace(file.name, path)
    os.fsync(directory)


def answer(client, draft, result, **more):
    said = {key: draft[key] for key in ("draft_id", "revision", "content_sha256")} | {"result": result} | more
    client.publish(topic + "ack", json.dumps(said), qos=1)
    print(f"{draft['draft_id']} revision {draft['revision']}: {result} {more}", flush=True)


def on_draft(client, _, message):
    draft = intact(message.payload)
    if not draft:
        return print("damaged, or no draft: not answered, so that it comes again", flush=True)
    if draft["schema"] != "chargehand/invoice-draft/1":
        return answer(client, draft, "rejected", reason="this schema is not known here")
    path = store / f"{draft['draft_id']}.{draft['revision']}.json"
    held = next(store.glob(f"{draft['draft_id']}.*.json"), None)
    if held and held.read_bytes() != message.payload:  # what comes after an acknowledgment is a credit, no revision
        answer(client, json.loads(held.read_bytes()), "duplicate", reference=held.stem)
        return answer(client, draft, "rejected", reason=f"{held.stem} is acknowledged")
    if not held:
        keep(path, message.payload)
        names = ", ".join(line["name"] for line in draft["lines"])
        print(f"{draft['kind']} for {draft['customer']['ref']}: {draft['totals']['payable']} {draft['currency']}, {names}")
    answer(client, draft, "duplicate" if held else "accepted", reference=path.stem)


def on_ledger(client, _, message):
    said = json.loads(message.payload)
    held = [json.loads(path.read_bytes()) for path in store.glob("*.json")]
    held = [draft for draft in held if all(draft[key] == said[key] for key in ("series", "currency"))]
    held = [draft for draft in held if draft["sequence"] <= said["last_sequence"] and draft["lines"]]
    total = sum(decimal.Decimal(d["totals"]["payable"]) * (-1 if d["kind"] == "credit" else 1) for d in held)
    is_right = len(held) == said["count"] and total == decimal.Decimal(said["sum"])
    print("ledger:", "as here" if is_right else f"{len(held)} drafts of {total} here, not so in {said}", flush=True)


# A session that the broker keeps under this name: what is sent while nobody is here waits for us.
client = mqtt.Client(f"billing-service-{gateway}", clean_session=False)
client.on_connect = lambda client, *_: client.subscribe([(topic + "draft", 1), (topic + "ledger", 1)])
client.message_callback_add(topic + "draft", on_draft)
client.message_callback_add(topic + "ledger", on_ledger)
client.connect_async(host, int(port))
client.loop_forever(retry_first_connection=True)
