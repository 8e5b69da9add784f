"""Which cameras were chosen for the papers and beside them, as the settings keep it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from villagedesk.devices.ports import CameraInfo, CameraPlace
from villagedesk.domain.repositories import Snapshot

SETTING = "cameras"


@dataclass(frozen=True)
class CameraChoice:
    """What was chosen.

    Args:
        cameras: by what they are for; none for what was left to the program.
        exposure: of each, EV; 0 as the camera finds right.
    """

    cameras: Mapping[CameraPlace, CameraInfo] = field(default_factory=dict)
    exposure: Mapping[CameraPlace, float] = field(default_factory=dict)

    def to_text(self) -> str:
        """For the settings."""
        places = {
            str(place): {
                "id": self.cameras[place].camera_id if place in self.cameras else "",
                "name": self.cameras[place].name if place in self.cameras else "",
                "exposure": self.exposure.get(place, 0.0),
            }
            for place in CameraPlace
            if place in self.cameras or self.exposure.get(place)
        }
        return json.dumps(places, ensure_ascii=False) if places else ""


def choice_of(snapshot: Snapshot) -> CameraChoice:
    """As the settings have it; what cannot be read there was left to the program."""
    try:
        kept = json.loads(snapshot.setting(SETTING) or "{}")
        cameras = {CameraPlace(place): CameraInfo(str(one["id"]), str(one["name"])) for place, one in kept.items()}
        exposure = {CameraPlace(place): float(one.get("exposure", 0)) for place, one in kept.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return CameraChoice()
    return CameraChoice({place: one for place, one in cameras.items() if one.name or one.camera_id}, exposure)
