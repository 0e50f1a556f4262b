"""A child process for tests of the panel: speaks the protocol of DeidentifyLib, does what a scenario says.

Usage: fakeChild.py SCENARIO scan|preview|run --request -
"""

import json
import os
import sys
import threading
import time

cancelled = threading.Event()


def say(**message):
    print(json.dumps(message), flush=True)


def listen():
    for line in sys.stdin:
        if line.strip() == "cancel":
            break
    cancelled.set()


def scan(request, scenario):
    if scenario == "broken":
        print("Traceback ...\nOSError: the disk is on fire", file=sys.stderr)
        return 1
    total = 10000 if scenario == "many" else 40
    for done in range(0, total + 1, 100 if scenario == "many" else 10):
        if cancelled.is_set():
            return 130
        say(phase="scan", done=done, total=total)
        time.sleep(0.2 if scenario == "slow" else 0)
    say(phase="done", subjects=subjects(request, 1500 if scenario == "many" else 2), not_dicom=3, exit_code=0)
    return 0


def subjects(request, seriesPerStudy):
    return [
        {
            "patient_id": f"PID-{number}",
            "patient_name": name,
            "studies": [
                {
                    "study_uid": f"1.2.{number}",
                    "date": "20240131",
                    "description": "Head PET/CT",
                    "series": [
                        {
                            "series_uid": f"1.2.{number}.{index}",
                            "modality": modality,
                            "description": description,
                            "instances": 10,
                        }
                        for index, (modality, description) in enumerate(
                            [("CT", "Head 1 mm"), ("PT", "Brain FDG")] * (seriesPerStudy // 2)
                        )
                    ],
                }
            ],
        }
        for number, name in enumerate(("Doe^Jane", "Roe^Richard"), start=1)
    ]


def preview(request, scenario):
    rows = (
        ("(0010,0010)", "PatientName", "Doe^Jane", "K3J5QWER2T6YUIOP", "replace", "Table E.1-1: Z"),
        ("(0010,0030)", "PatientBirthDate", "19600101", "", "empty", "Table E.1-1: Z"),
        ("(0008,0060)", "Modality", "CT", "CT", "keep", "not listed, safe"),
    )
    names = ("path", "keyword", "original", "result", "action", "reason")
    say(warning="", tables=[[{name: row[i] for i, name in enumerate(names)} for row in rows]])
    return 0


def run(request, scenario):
    private = request["private"]
    os.makedirs(request["output"], exist_ok=True)
    os.makedirs(os.path.join(private, "review"), exist_ok=True)
    with open(os.path.join(private, "review", "review.html"), "w") as file:
        file.write("<!DOCTYPE html><title>Review</title>")
    if scenario == "review":
        with open(os.path.join(private, "review", "review.json"), "w") as file:
            json.dump({"schema": 1, "items": [{"series": "K3J5", "reasons": ["secondary capture"]}] * 8}, file)
    with open(os.path.join(private, "request.json"), "w") as file:
        json.dump({"argv": sys.argv[2:], **request}, file)
    with open(os.path.join(private, "journal.jsonl"), "a") as journal:
        for done in range(41):
            if scenario == "crash" and done == 5:
                os.abort()
            if cancelled.is_set() and scenario != "deaf":
                return finish(request, done, 130)
            say(phase="run", done=done, total=40, bytes=done * 1000, series="K3J5")
            entry = {"input": f"/in/{done}", "status": "written", "series_uid": f"1.2.1.{done % 2}"}
            journal.write(json.dumps(entry) + "\n")
            time.sleep(0.3 if scenario in ("slow", "deaf") else 0)
        if scenario == "problems":
            for name, status, reason in PROBLEMS:
                line = {"input": f"/in/DOE/{name}.dcm", "status": status, "reason": reason, "series_uid": "1.2.1.1"}
                journal.write(json.dumps(line) + "\n")
    return finish(request, 40, {"problems": 3, "identity": 4, "incomplete": 5}.get(scenario, 0))


PROBLEMS = [
    *(
        (f"a{number}", "withheld", "too little of the head is in the field of view to find the face")
        for number in "123"
    ),
    ("b", "rejected", "duplicate SOP Instance UID: another input has the same"),
]
"""Name, status and reason of what the scenario "problems" does not write."""


def finish(request, written, code):
    report = os.path.join(request["output"], "report", "report.json")
    os.makedirs(os.path.dirname(report), exist_ok=True)
    for path in (report, report.replace(".json", ".html")):
        with open(path, "w") as file:
            file.write("{}")
    withheld, rejected = (3, 1) if code == 3 else (0, 0)
    counts = {"inputs": 40 + withheld + rejected, "written": written, "not_dicom": 3}
    counts |= {"withheld": withheld, "rejected": rejected}
    audit = {0: "passed", 3: "passed", 4: "failed", 5: "incomplete"}.get(code)
    say(phase="done", exit_code=code, counts=counts, audit=audit, report=report, private=request["private"])
    return code


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=listen, daemon=True).start()
    code = {"scan": scan, "preview": preview, "run": run}[sys.argv[2]](asked, sys.argv[1])
    sys.stdout.flush()
    os._exit(code)
