# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timedelta, timezone
import json
import multiprocessing
import os
from pathlib import Path
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.modules import access_report_index
from ansible_collections.assumerole.s3.plugins.modules.access_report_index import keep_index

AGES = 24.0 * 365 * 1000
INDEX = ["access-report-index.html", "access-report-index.json"]


def put(folder: Path, report: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    (folder / "access-report.json").write_text(json.dumps(report))


def test_reports_at_any_depth_are_found(tmp_path: Path, a_report: Any) -> None:
    put(tmp_path / "a", a_report())
    put(tmp_path / "b" / "c", {**a_report(), "created": "2026-01-01T00:00:00+00:00"})
    made = keep_index(str(tmp_path), AGES, check_mode=False)
    assert [entry["path"] for entry in made["contracts"]] == ["a/access-report.json", "b/c/access-report.json"]
    assert made["verdict"] == "verified"
    assert json.loads((tmp_path / INDEX[1]).read_text()) == made
    assert 'href="./b/c/access-report.html"' in (tmp_path / INDEX[0]).read_text()
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in INDEX} == {0o644}


def test_a_second_index_counts_no_index(tmp_path: Path, a_report: Any) -> None:
    put(tmp_path / "a", a_report())
    keep_index(str(tmp_path), AGES, check_mode=False)
    assert len(keep_index(str(tmp_path), AGES, check_mode=False)["contracts"]) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"{"])
def test_a_report_that_cannot_be_read_is_shown_and_nothing_is_verified(
    tmp_path: Path, a_report: Any, content: bytes
) -> None:
    put(tmp_path / "a", a_report())
    put(tmp_path / "b", {})
    (tmp_path / "b" / "access-report.json").write_bytes(content)
    made = keep_index(str(tmp_path), AGES, check_mode=False)
    assert made["contracts"][0] == {"path": "b/access-report.json", "standing": "unreadable"}
    assert made["verdict"] == "inconclusive"


def test_an_old_report_proves_nothing(tmp_path: Path, a_report: Any) -> None:
    put(tmp_path / "a", {**a_report(), "created": "2020-01-01T00:00:00+00:00"})
    assert keep_index(str(tmp_path), 24, check_mode=False)["summary"]["stale"] == 1


def test_check_mode_writes_nothing(tmp_path: Path, a_report: Any) -> None:
    put(tmp_path / "a", a_report())
    assert keep_index(str(tmp_path), AGES, check_mode=True)["verdict"] == "verified"
    assert os.listdir(tmp_path) == ["a"]


def write_and_index(root: str, name: str, report: dict[str, Any], together: Any) -> None:
    together.wait()
    put(Path(root) / name, report)
    keep_index(root, AGES, check_mode=False)


def test_many_at_once_leave_an_index_of_all(tmp_path: Path, a_report: Any) -> None:
    fork = multiprocessing.get_context("fork")
    names = [f"host-{number}" for number in range(8)]
    together = fork.Barrier(len(names))
    writers = [fork.Process(target=write_and_index, args=(str(tmp_path), name, a_report(), together)) for name in names]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0] * len(names)
    made = json.loads((tmp_path / INDEX[1]).read_text())
    assert [entry["path"].split("/")[0] for entry in made["contracts"]] == names
    assert sorted(os.listdir(tmp_path)) == [*INDEX, *names]


class Ended(Exception):
    """The module ended, with these values."""


class FakeModule:
    """Stands in for AnsibleModule: options in, result out."""

    check_mode = False

    def __init__(self, given: dict[str, Any]) -> None:
        self.params = given
        self.warnings: list[str] = []

    def warn(self, warning: str) -> None:
        self.warnings.append(warning)

    def fail_json(self, **result: Any) -> None:
        raise Ended({"failed": True, **result})

    def exit_json(self, **result: Any) -> None:
        raise Ended({**result, **({"warnings": self.warnings} if self.warnings else {})})


def run_main(monkeypatch: pytest.MonkeyPatch, **given: Any) -> dict[str, Any]:
    unset = {"folders": None, "contracts": [], "metrics_file": None, "log_file": None}
    monkeypatch.setattr(access_report_index, "ScrubbedModule", lambda **_spec: FakeModule({**unset, **given}))
    with pytest.raises(Ended) as caught:
        access_report_index.main()
    result: dict[str, Any] = caught.value.args[0]
    return result


def test_the_counts_are_returned(tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a", a_report())
    assert run_main(monkeypatch, path=str(tmp_path), max_age=AGES) == {
        "changed": True,
        "verdict": "verified",
        "summary": {"violated": 0, "unreadable": 0, "stale": 0, "inconclusive": 0, "verified": 1},
        "files": [str(tmp_path / name) for name in reversed(INDEX)],
        "logged": [],
    }


def test_a_missing_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run_main(monkeypatch, path=f"{tmp_path}/missing", max_age=24)
    assert ended["msg"] == f"There is no folder {tmp_path}/missing: give the one that has the reports' folders in it."


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_given: object, **_more: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(access_report_index.files, "replace", read_only)
    ended = run_main(monkeypatch, path=str(tmp_path), max_age=24)
    assert ended["msg"] == f"The index cannot be written into {tmp_path}: Read-only file system. Choose another folder."


@pytest.mark.parametrize("name", INDEX)
@pytest.mark.parametrize("check_mode", [True, False])
def test_an_index_is_never_written_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, check_mode: bool
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / name).symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr(FakeModule, "check_mode", check_mode)
    ended = run_main(monkeypatch, path=str(folder), max_age=24)
    assert ended["msg"] == (
        f"The index cannot be written into {folder}: {folder / name} is a symbolic link, which is never written "
        "through: remove it. Choose another folder."
    )
    assert os.listdir(folder) == [name]
    assert not (tmp_path / "elsewhere").exists()


def test_a_report_that_is_a_fifo_is_unreadable_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "access-report.json")
    assert keep_index(str(tmp_path), AGES, check_mode=False)["summary"]["unreadable"] == 1


def test_several_folders_are_one_index(tmp_path: Path, a_report: Any) -> None:
    """The links lead to the reports, from wherever the index is."""
    put(tmp_path / "1" / "a", a_report())
    put(tmp_path / "2" / "b", {**a_report(), "account_id": "999999999999"})
    put(tmp_path / "3" / "c", {})
    (tmp_path / "all").mkdir()
    folders = [str(tmp_path / name) for name in ("1", "2")]
    made = keep_index(str(tmp_path / "all"), AGES, check_mode=False, folders=folders)
    assert [entry["path"] for entry in made["contracts"]] == ["../1/a/access-report.json", "../2/b/access-report.json"]
    assert made["verdict"] == "verified"
    assert "../1/a/access-report.html" in (tmp_path / "all" / INDEX[0]).read_text()


def test_a_folder_that_is_named_twice_counts_once(tmp_path: Path, a_report: Any) -> None:
    put(tmp_path / "1" / "a", a_report())
    folders = [str(tmp_path / "1"), f"{tmp_path}/1/"]
    assert keep_index(str(tmp_path), AGES, check_mode=False, folders=folders)["summary"]["verified"] == 1


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_slice_without_reports_is_one_sentence(
    name: str, tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "1" / "a", a_report())
    (tmp_path / "empty").mkdir()
    folders = [str(tmp_path / "1"), str(tmp_path / name)]
    ended = run_main(monkeypatch, path=str(tmp_path), max_age=24, folders=folders)
    assert ended == {
        "failed": True,
        "msg": f"folders: there is no report below {tmp_path / name}: verify what belongs there first.",
    }
    assert not (tmp_path / INDEX[1]).exists()


def contract(name: str, folder: object = None, *, judged: bool = True, logged: bool = False) -> dict[str, Any]:
    return {"name": name, "folder": folder and str(folder), "judged": judged, "logged": logged}


def logged(path: Path) -> list[tuple[str, str, bool]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [(line["contract"], line["verdict"], line["judged"]) for line in lines]


def samples(path: Path, verdict: str) -> list[str]:
    """The lines of the contracts that have this verdict."""
    return [line for line in path.read_text().splitlines() if line.endswith(f'verdict="{verdict}"}} 1')]


def rung(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *contracts: dict[str, Any], **more: Any
) -> tuple[Path, Path, dict[str, Any]]:
    """The metrics, the log, and how it ended."""
    metrics, log = folder / "metrics" / "access.prom", folder / "logs" / "access.jsonl"
    options = {"path": str(folder / "reports"), "max_age": AGES, "metrics_file": str(metrics), "log_file": str(log)}
    return metrics, log, run_main(monkeypatch, **{**options, "contracts": list(contracts), **more})


def test_metrics_are_of_all_contracts_and_lines_of_those_of_the_run(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = tmp_path / "reports"
    put(reports / "a", a_report())
    put(reports / "b", {**a_report(), "created": "2026-01-01T00:00:00+00:00"})
    put(reports / "c", {**a_report(), "created": "2026-01-01T00:00:02+00:00"})
    metrics, log, ended = rung(
        monkeypatch, tmp_path, contract("a", reports / "a"), contract("c", reports / "c", logged=True)
    )
    assert (ended["files"][2:], ended["logged"]) == ([str(metrics), str(log)], ["a", "c"])
    assert logged(log) == [("a", "verified", True)]
    assert len(samples(metrics, "verified")) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in (metrics, log)} == {0o644}
    assert sorted(os.listdir(metrics.parent)) == ["access.prom"]
    rung(monkeypatch, tmp_path)
    assert logged(log) == [(name, "verified", True) for name in ("a", "a", "b", "c")]


def test_a_contract_that_was_not_judged_loses_its_green_until_it_is(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them has never had a report, of one nobody knows where it would be."""
    reports = tmp_path / "reports"
    put(reports / "a", a_report())
    broken = [contract("a", reports / "a", judged=False), contract("b", reports / "x" / "b", judged=False)]
    metrics, log, ended = rung(monkeypatch, tmp_path, *broken, contract("c", judged=False))
    assert (ended["verdict"], ended["summary"]["unreadable"], ended["summary"]["inconclusive"]) == (
        "inconclusive",
        2,
        1,
    )
    assert sorted(logged(log)) == [(name, "inconclusive", False) for name in ("a", "c", "x/b")]
    assert len(samples(metrics, "inconclusive")) == 3
    assert rung(monkeypatch, tmp_path)[2]["verdict"] == "inconclusive"
    summary = rung(monkeypatch, tmp_path, contract("a", reports / "a"))[2]["summary"]
    assert (summary["verified"], summary["unreadable"], summary["inconclusive"]) == (1, 2, 0)
    put(reports / "x" / "b", {**a_report(), "created": "2026-01-01T00:00:02+00:00"})
    put(reports / "y" / "c", {**a_report(), "created": "2026-01-01T00:00:03+00:00"})
    verified = [contract("b", reports / "x" / "b"), contract("c", reports / "y" / "c")]
    assert rung(monkeypatch, tmp_path, *verified)[2]["verdict"] == "verified"
    assert rung(monkeypatch, tmp_path)[2]["summary"]["verified"] == 3


@pytest.mark.parametrize("first", [True, False])
def test_of_two_contracts_in_one_folder_the_report_is_of_the_one_that_was_judged(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    folder = tmp_path / "reports" / "shared"
    put(folder, a_report())
    both = [contract("one", folder, judged=first), contract("other", folder, judged=not first)]
    _metrics, log, ended = rung(monkeypatch, tmp_path, *both)
    refused = "other" if first else "one"
    assert sorted(logged(log)) == sorted([(refused, "inconclusive", False), ("shared", "verified", True)])
    assert (ended["summary"]["verified"], ended["summary"]["unreadable"]) == (1, 1)


def test_the_first_run_of_all_may_fail_before_there_is_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics, _log, ended = rung(monkeypatch, tmp_path, contract("a", tmp_path / "reports" / "a", judged=False))
    assert ended["verdict"] == "inconclusive"
    assert samples(metrics, "inconclusive") == ['bucket_access_verdict{contract="a",verdict="inconclusive"} 1']


def test_a_report_that_lies_elsewhere_is_of_the_index_when_the_run_wrote_it(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A way over a link is no second report."""
    reports = tmp_path / "reports"
    put(reports / "a", a_report())
    put(tmp_path / "elsewhere" / "b", {**a_report(), "account_id": "999999999999"})
    (tmp_path / "link").symlink_to("reports")
    here = [contract("a", tmp_path / "link" / "a"), contract("b", tmp_path / "elsewhere" / "b")]
    _metrics, log, ended = rung(monkeypatch, tmp_path, *here)
    assert ended["summary"]["verified"] == 2
    assert logged(log) == [("../elsewhere/b", "verified", True), ("a", "verified", True)]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("option", ["metrics_file", "log_file"])
def test_a_link_in_the_place_of_metrics_or_log_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, *, check_mode: bool
) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    monkeypatch.setattr(FakeModule, "check_mode", check_mode)
    ended = rung(monkeypatch, tmp_path, **{option: str(tmp_path / "link")})[2]
    assert ended["msg"] == (
        f"{option}: {tmp_path}/link cannot be written: {tmp_path}/link is a symbolic link, which is never written "
        "through: remove it. Choose another file."
    )
    assert not (tmp_path / "elsewhere").exists()


def test_check_mode_rings_nobody(tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "reports" / "a", a_report())
    monkeypatch.setattr(FakeModule, "check_mode", True)
    rung(monkeypatch, tmp_path, contract("a", tmp_path / "reports" / "a"))
    assert os.listdir(tmp_path) == ["reports"]


def sliced(folder: Path, *contracts: dict[str, Any]) -> dict[str, Any]:
    """The index that a slice writes of its own, of contracts in folders of their names."""
    run = access_report_index.Run([{**one, "folder": str(folder / one["name"])} for one in contracts])
    return keep_index(str(folder), AGES, check_mode=False, run=run)


def merged(
    monkeypatch: pytest.MonkeyPatch, path: Path, *names: str
) -> tuple[dict[str, Any], dict[str, str], list[tuple[str, str, bool]]]:
    """How the task ends, how each contract stands, and the log."""
    log = path / "log"
    log.unlink(missing_ok=True)
    folders = [str(path / name) for name in names]
    ended = run_main(monkeypatch, path=str(path), max_age=AGES, folders=folders, log_file=str(log))
    entries = json.loads((path / INDEX[1]).read_text())["contracts"]
    return ended, {entry["path"].rpartition("/")[0]: entry["standing"] for entry in entries}, logged(log)


def test_what_a_slice_could_not_judge_is_no_greener_in_the_index_of_all(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has a report of before, one has none, and one had none that could be read."""
    put(tmp_path / "1" / "a", a_report())
    put(tmp_path / "2" / "b", {**a_report(), "account_id": "999999999999"})
    put(tmp_path / "2" / "d", {})
    sliced(tmp_path / "1", contract("a"))
    sliced(tmp_path / "2", contract("b", judged=False), contract("c", judged=False), contract("d"))
    (tmp_path / "2" / "d" / "access-report.json").unlink()
    standings = {"1/a": "verified", "2/b": "inconclusive", "2/c": "unreadable", "2/d": "unreadable"}
    for folders in (("1", "2"), ()):
        ended, found, log = merged(monkeypatch, tmp_path, *folders)
        assert (ended["verdict"], found) == ("inconclusive", standings)
        assert sorted(verdict for _name, verdict, _judged in log) == ["inconclusive"] * 3 + ["verified"]
    page = (tmp_path / INDEX[0]).read_text()
    assert "2/access-report-index.json knows of it, and no report of it can be read here" in page


def test_a_slice_of_which_nothing_was_judged_is_in_the_index_of_all(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slice that knows of no contract has verified nothing."""
    put(tmp_path / "1" / "a", a_report())
    for name in ("2", "3"):
        (tmp_path / name).mkdir()
    sliced(tmp_path / "2", contract("c", judged=False))
    assert merged(monkeypatch, tmp_path, "1", "2")[1] == {"2/c": "unreadable", "1/a": "verified"}
    sliced(tmp_path / "3")
    assert "there is no report below" in run_main(
        monkeypatch, path=str(tmp_path), max_age=AGES, folders=[str(tmp_path / "3")]
    ).get("msg", "")


@pytest.mark.parametrize("indexed", [True, False])
def test_a_slice_that_is_verified_again_is_green(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch, *, indexed: bool
) -> None:
    """Its reports are newer than its index, which is made anew or not."""
    put(tmp_path / "1" / "b", a_report())
    sliced(tmp_path / "1", contract("b", judged=False), contract("c", judged=False))
    assert merged(monkeypatch, tmp_path, "1")[0]["verdict"] == "inconclusive"
    now = datetime.now(timezone.utc)
    for number, name in enumerate("bc", start=1):
        report = {**a_report(), "created": (now + timedelta(seconds=number)).isoformat(timespec="seconds")}
        (tmp_path / "1" / name).mkdir(exist_ok=True)
        (tmp_path / "1" / name / "access-report.json").write_text(json.dumps({**report, "account_id": name}))
    if indexed:
        sliced(tmp_path / "1", contract("b"), contract("c"))
    assert merged(monkeypatch, tmp_path, "1")[1] == {"1/b": "verified", "1/c": "verified"}


def test_an_index_that_cannot_be_read_may_know_of_anything(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "1" / "a", a_report())
    (tmp_path / "1" / INDEX[1]).write_text("{")
    ended, found, _log = merged(monkeypatch, tmp_path, "1")
    assert (ended["verdict"], found) == ("inconclusive", {"1": "unreadable", "1/a": "verified"})


def test_a_slice_without_an_index_is_a_warning(tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "1" / "a", a_report())
    put(tmp_path / "2" / "b", {**a_report(), "account_id": "999999999999"})
    sliced(tmp_path / "1", contract("a"))
    (only,) = merged(monkeypatch, tmp_path, "1", "2")[0]["warnings"]
    assert only.startswith(
        f"folders: there is no index below {tmp_path / '2'}, so nobody knows of contracts that failed"
    )
    assert "warnings" not in merged(monkeypatch, tmp_path, "1")[0]


def test_a_report_that_a_slice_has_elsewhere_is_read_there(
    tmp_path: Path, a_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "elsewhere" / "a", a_report())
    (tmp_path / "1").mkdir()
    run = access_report_index.Run([contract("a", tmp_path / "elsewhere" / "a")])
    keep_index(str(tmp_path / "1"), AGES, check_mode=False, run=run)
    assert merged(monkeypatch, tmp_path, "1")[1] == {"elsewhere/a": "verified"}
