"""A site's own rules and its own list of new IDs, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pydicom
import pytest
import runs
from DeidentifyLib.options import Options
from DeidentifyLib.profile.resolver import weakening_rules
from DeidentifyLib.site_rules import SiteRuleError, SiteRules
from pydicom.data import get_testdata_file

CT = "CT_small.dcm"


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    """Return a folder with a real CT image."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a").write_bytes(Path(get_testdata_file(CT, download=False)).read_bytes())
    return folder


def written(output: Path) -> pydicom.Dataset:
    """Return the only output."""
    (path,) = output.rglob("*.dcm")
    return pydicom.dcmread(path)


def run(ct: Path, tmp_path: Path, *words: str | Path) -> tuple[int, Path]:
    """De-identify and return exit code and output folder."""
    done = runs.command("run", ct, "--output", tmp_path / "out", "--progress", "none", *words)
    return done.returncode, tmp_path / "out"


def test_a_rule_that_keeps_a_description_is_marked_and_the_profile_is_not_claimed(ct: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"rules": [{"tag": "00081030", "action": "keep", "why": "ours"}]}))
    code, output = run(ct, tmp_path, "--site-rules", rules)
    after = written(output)
    assert code == 0
    assert after.StudyDescription == "e+1"
    assert "PatientIdentityRemoved" not in after
    assert "113100" not in [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    report = json.loads((output / "report/report.json").read_text())
    assert "Weakened by a site rule: (0008,1030) keep" in report["conformance"]


def test_a_rule_that_sets_or_removes_does_not_weaken_the_profile(ct: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rows = [{"tag": "00120040", "action": "set", "value": "TRIAL-7"}, {"tag": "00180050", "action": "remove"}]
    rules.write_text(json.dumps({"rules": rows}))
    code, output = run(ct, tmp_path, "--site-rules", rules)
    after = written(output)
    assert code == 0
    assert after.ClinicalTrialSubjectID == "TRIAL-7"
    assert "SliceThickness" not in after
    assert after.PatientIdentityRemoved == "YES"


def test_a_private_attribute_that_the_site_reviewed_is_kept_with_its_creator(ct: Path, tmp_path: Path) -> None:
    rules = tmp_path / "list.csv"
    rules.write_text(
        'element_signature,vr,private_disposition\n"(0009,""GEMS_IDEN_01"",04)",SH,k\n"(0009,""GEMS_IDEN_01"",02)",SH,d\n'
    )
    code, output = run(ct, tmp_path, "--site-rules", rules, "--keep-safe-private")
    after = written(output)
    assert code == 0
    assert after[0x00091004].value == "HiSpeed CT/i"
    assert after[0x00090010].value == "GEMS_IDEN_01"
    assert 0x00091002 not in after


@pytest.mark.parametrize(
    "rule",
    [
        {"tag": "00100010", "action": "keep"},
        {"tag": "00091001", "action": "keep"},
        {"tag": "0008103E", "action": "invent"},
        {"tag": "0008103E", "action": "set"},
        {"tag": "0008103E", "action": "keep", "who": "me"},
    ],
)
def test_a_rule_that_is_not_valid_is_refused_before_the_run(rule: dict, ct: Path, tmp_path: Path) -> None:
    with pytest.raises(SiteRuleError):
        SiteRules.from_dict({"rules": [rule]})
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"rules": [rule]}))
    code, output = run(ct, tmp_path, "--site-rules", path)
    assert code == 2
    assert not output.exists()


def test_options_with_site_rules_survive_json() -> None:
    rules = SiteRules.from_dict({"rules": [{"tag": "0008103e", "action": "clean"}]})
    options = Options(site_rules=rules)
    assert Options.from_dict(json.loads(options.to_json())) == options
    assert [rule.tag for rule in weakening_rules(options)] == ["0008103E"]


def test_new_ids_come_from_the_list_of_the_site(ct: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_text("id_old,id_new,name_new\n 1ct1 ,SITE-001,Subject^One\n")
    code, output = run(ct, tmp_path, "--id-list", ids, "--mapping-file")
    after = written(output)
    assert code == 0
    assert (after.PatientID, str(after.PatientName)) == ("SITE-001", "Subject^One")
    assert "1CT1\tSubject^One\tSITE-001" in (tmp_path / "out.private/deident.map").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "id_old,id_new\n1,A\n1,B\n",
        "id_old,id_new\n1,A\n2,A\n",
        "id_old,id_new\n1,../A\n",
        "old,new\n1,A\n",
    ],
)
def test_a_list_of_ids_that_contradicts_itself_is_refused(text: str, ct: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_text(text)
    code, output = run(ct, tmp_path, "--id-list", ids)
    assert code == 2
    assert not output.exists()
