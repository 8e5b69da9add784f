"""Which camera, scanner and folder are used: chosen, kept, logged, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.counter import SYSTEM_ITEM, Window, open_window, papers
from villagedesk.desk.equipment import CameraOffer
from villagedesk.devices.ports import CameraPlace, ScannerInfo
from villagedesk.devices.scanner_simulated import SimulatedScanner
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import MaterialState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled

MAIN, SIDE = "simulated:1", "simulated:2"


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner([papers()[1]])


@pytest.fixture
def window(tmp_path: Path, scanner: SimulatedScanner) -> Iterator[Window]:
    window = open_window(tmp_path / "data", scanner=scanner)
    window.camera.add([papers()[1]], "侧拍", SIDE)
    yield window
    window.desk.close()


def logged(window: Window) -> list[tuple[str, str]]:
    lines = window.audit_log.entries(20, kinds=frozenset({Deed.DEVICES_SET}))
    return [(line.detail["device"], line.detail["name"]) for line in reversed(lines)]


def test_cameras_are_chosen_kept_and_given_back(window: Window) -> None:
    equipment = window.desk.equipment
    view = equipment.view()
    assert [one.camera_id for one in view.offers] == [MAIN, SIDE]
    assert view.chosen == {CameraPlace.MAIN: "", CameraPlace.SECOND: ""}
    equipment.choose_camera(CameraPlace.MAIN, SIDE)
    assert window.desk.live.look() is not None
    assert equipment.view().camera.name == "侧拍"
    # the same camera for both is none for the first
    equipment.choose_camera(CameraPlace.SECOND, SIDE)
    assert equipment.view().chosen == {CameraPlace.MAIN: "", CameraPlace.SECOND: SIDE}
    window.camera.unplug(SIDE)
    assert CameraOffer(SIDE, "侧拍", connected=False) in equipment.view().offers
    equipment.choose_camera(CameraPlace.SECOND, "")
    assert [one.camera_id for one in equipment.view().offers] == [MAIN]
    with pytest.raises(InputProblem, match=r"equipment\.camera_gone"):
        equipment.choose_camera(CameraPlace.MAIN, SIDE)
    assert logged(window) == [("camera_main", "侧拍"), ("camera_second", "侧拍"), ("camera_second", "")]


def test_brightness_is_set_on_the_camera_in_use_and_kept(window: Window) -> None:
    equipment = window.desk.equipment
    assert equipment.view().exposure is None, "no camera is open"
    assert window.desk.live.look() is not None
    assert equipment.view().exposure == 0
    equipment.set_exposure(CameraPlace.MAIN, 9)
    assert (equipment.view().exposure, window.camera.exposure) == (2.0, 2.0)
    equipment.set_exposure(CameraPlace.SECOND, -1)
    assert window.camera.exposure == 2.0, "of the other camera"
    equipment.look_through(CameraPlace.SECOND)
    assert window.desk.live.look() is not None
    assert (equipment.view().exposure, window.camera.exposure) == (-1.0, -1.0)


def test_a_scanner_is_found_chosen_and_gives_a_page(window: Window, scanner: SimulatedScanner) -> None:
    desk = window.desk
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    assert desk.scanning.scanner() is None
    with pytest.raises(InputProblem, match=r"scanner\.none_chosen"):
        desk.scanning.scan_flatbed(case_id, "id_card")
    (found,) = desk.equipment.find_scanners()
    desk.equipment.choose_scanner(found, 300)
    told: list[int] = []
    proposal = desk.scanning.scan_flatbed(case_id, "id_card", lambda done, _total: told.append(done))
    assert scanner.asked == [(300, True)]
    assert told
    assert proposal.corners == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "all of the glass"
    assert not proposal.uploaded, "the clerk laid the original down"
    page = desk.scanning.keep(proposal.proposal_id)
    assert desk.scanning.image(page.page_id, case_id)
    assert desk.intake.view(case_id).checklist[0].state is not MaterialState.PROMISED
    desk.equipment.choose_scanner(None)
    assert desk.scanning.scanner() is None
    assert logged(window) == [("scanner", f"{found.name}, 300 dpi"), ("scanner", "")]


def test_what_hinders_a_scan_is_told_and_a_stopped_one_leaves_nothing(
    window: Window, scanner: SimulatedScanner
) -> None:
    desk = window.desk
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    (found,) = desk.equipment.find_scanners()
    desk.equipment.choose_scanner(found)
    scanner.set_fault("scanner.jammed")
    with pytest.raises(EnvironmentProblem, match=r"scanner\.jammed"):
        desk.scanning.scan_flatbed(case_id, "id_card")

    def stop(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        desk.scanning.scan_flatbed(case_id, "id_card", stop)
    scanner.set_fault("")
    assert desk.scanning.scan_flatbed(case_id, "id_card")
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        desk.scanning.scan_flatbed("nobody's", "id_card")
    assert len(scanner.asked) == 1, "nothing is scanned for a case that is gone"


def test_a_fineness_nobody_offered_is_the_usual_one(window: Window) -> None:
    window.desk.equipment.choose_scanner(ScannerInfo("x", "y"), 9600)
    assert window.desk.equipment.view().dpi == 200
