# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import json
import os
from pathlib import Path
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import as_reported
from ansible_collections.assumerole.s3.plugins.modules import access_report
from ansible_collections.assumerole.s3.plugins.modules.access_report import Refused, keep_report

FILES = ["access-report.html", "access-report.json", "access-report.xml"]


def read(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "access-report.json").read_text())
    return report


def test_three_files_are_written_that_everybody_can_read(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any
) -> None:
    folder = tmp_path / "new" / "folder"
    assert keep_report(a_result(a_check("role.read")), a_contract(), str(folder), check_mode=False) is True
    assert sorted(os.listdir(folder)) == FILES
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in FILES} == {0o644}
    assert stat.S_IMODE(folder.stat().st_mode) & 0o755 == 0o755 & ~_umask()
    assert read(folder)["checks"] == [a_check("role.read")]
    assert "The role can read below team/" in (folder / "access-report.xml").read_text()
    assert "role.read" in (folder / "access-report.html").read_text()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_prefix_is_the_folder_that_the_policies_name() -> None:
    assert as_reported(Contract.of({"bucket": "example", "prefix": "team"}))["prefix"] == "team/"


def test_the_external_id_itself_is_not_reported() -> None:
    reported = as_reported(Contract.of({"bucket": "example", "external_id": "contract-4711"}))
    assert reported["external_id_required"] is True
    assert "contract-4711" not in str(reported)


def test_the_same_result_changes_nothing(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)
    old = {**read(tmp_path), "created": "2020-01-01T00:00:00+00:00"}
    monkeypatch.setattr(access_report, "report", lambda *_given: dict(old))
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)
    monkeypatch.undo()
    before = [(tmp_path / name).stat().st_ino for name in FILES]
    assert keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False) is False
    assert [(tmp_path / name).stat().st_ino for name in FILES] == before


def test_another_result_replaces_all_three(tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any) -> None:
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)
    assert keep_report(a_result(a_check("y", "excess_access")), a_contract(), str(tmp_path), check_mode=False) is True
    for name in FILES:
        assert "excess" in (tmp_path / name).read_text()


def test_a_missing_file_comes_back(tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any) -> None:
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)
    (tmp_path / "access-report.xml").unlink()
    assert keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False) is True
    assert sorted(os.listdir(tmp_path)) == FILES


def test_check_mode_foretells_the_change_and_writes_nothing(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any
) -> None:
    folder = tmp_path / "reports"
    assert keep_report(a_result(a_check("x")), a_contract(), str(folder), check_mode=True) is True
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"contract": {}}', b"{"])
def test_what_is_no_report_is_replaced(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any, content: bytes
) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(content)
    assert keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False) is True
    assert read(tmp_path)["verdict"] == "verified"


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_report_of_another_contract_is_not_overwritten(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any, *, check_mode: bool
) -> None:
    keep_report(a_result(a_check("x", "excess_access")), a_contract(), str(tmp_path), check_mode=False)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    other = a_contract(bucket="other", role="others")
    with pytest.raises(Refused) as caught:
        keep_report(a_result(a_check("x")), other, str(tmp_path), check_mode=check_mode)
    assert str(caught.value) == (
        f"{tmp_path} holds the report of another contract, the role partner-exchange on the bucket example: give each "
        "contract a folder of its own, such as one that ends in {{ inventory_hostname }}, or remove that report."
    )
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before


def test_a_contract_that_was_edited_keeps_its_folder(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any
) -> None:
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)
    keep_report(a_result(a_check("x")), a_contract(permissions=["write"], prefix=""), str(tmp_path), check_mode=False)
    assert read(tmp_path)["contract"]["permissions"] == ["write"]


def test_when_writing_fails_the_old_report_is_whole(
    tmp_path: Path, a_result: Any, a_check: Any, a_contract: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_report(a_result(a_check("x")), a_contract(), str(tmp_path), check_mode=False)

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep_report(a_result(a_check("y", "excess_access")), a_contract(), str(tmp_path), check_mode=False)
    assert sorted(os.listdir(tmp_path)) == FILES
    assert read(tmp_path)["checks"] == [a_check("x")]


class Ended(Exception):
    """The module ended, with these values."""


class FakeModule:
    """Stands in for AnsibleModule: options in, result out."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.check_mode = given.get("check_mode", False)
        self.params = given

    def fail_json(self, **result: Any) -> None:
        raise Ended({"failed": True, **result})

    def exit_json(self, **result: Any) -> None:
        raise Ended(result)


def run_main(monkeypatch: pytest.MonkeyPatch, **given: Any) -> dict[str, Any]:
    monkeypatch.setattr(access_report, "ScrubbedModule", lambda **_spec: FakeModule(given))
    with pytest.raises(Ended) as caught:
        access_report.main()
    result: dict[str, Any] = caught.value.args[0]
    return result


@pytest.fixture
def options(a_result: Any, a_check: Any, a_contract: Any) -> dict[str, Any]:
    return {"result": a_result(a_check("x")), "contract": a_contract()}


def test_the_files_are_named(tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run_main(monkeypatch, **options, path=str(tmp_path))
    assert ended["changed"] is True
    assert sorted(ended["files"]) == [str(tmp_path / name) for name in FILES]


def test_a_result_that_is_none_is_one_sentence(
    tmp_path: Path, a_contract: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run_main(monkeypatch, result={"msg": "x"}, contract=a_contract(), path=str(tmp_path))
    assert ended["msg"] == (
        "result cannot be reported: it has no verdict as access_check returns it. "
        "Give what access_check or merged_result returned."
    )


@pytest.mark.parametrize("below", ["", "/below"])
def test_a_file_in_the_way_is_one_sentence(
    tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    (tmp_path / "file").write_text("somebody's")
    path = f"{tmp_path}/file{below}"
    ended = run_main(monkeypatch, **options, path=path)
    assert (ended["failed"], ended["msg"]) == (
        True,
        f"The report cannot be written into {path}: it is a file, or below one. Choose another folder.",
    )
    assert (tmp_path / "file").read_text() == "somebody's"


def test_a_read_only_place_is_one_sentence(tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_given: object, **_more: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    folder = tmp_path / "reports"
    monkeypatch.setattr(os, "mkdir", read_only)
    ended = run_main(monkeypatch, **options, path=str(folder))
    assert ended["msg"] == (
        f"The report cannot be written into {folder}: Read-only file system. Choose another folder."
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_report_is_never_written_through_a_link(
    tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch, name: str, *, check_mode: bool
) -> None:
    (tmp_path / "precious").write_text("precious")
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / name).symlink_to(tmp_path / "precious")
    ended = run_main(monkeypatch, **options, path=str(folder), check_mode=check_mode)
    assert ended["msg"] == (
        f"The report cannot be written into {folder}: {folder / name} is a symbolic link, which is never written "
        "through: remove it. Choose another folder."
    )
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_folder_that_somebody_may_have_linked_is_refused(
    tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch, *, check_mode: bool
) -> None:
    shared, there = tmp_path / "shared", tmp_path / "there"
    shared.mkdir()
    shared.chmod(0o777)
    there.mkdir()
    (shared / "reports").symlink_to(there)
    ended = run_main(monkeypatch, **options, path=str(shared / "reports"), check_mode=check_mode)
    assert "is a symbolic link that another user may have laid. Choose another folder." in ended["msg"]
    assert os.listdir(there) == []
