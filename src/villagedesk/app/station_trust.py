"""Whether a station file's certificate can be trusted at all: asked before anything is built on it."""

from __future__ import annotations

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile


def check_certificate(station: StationFile) -> None:
    """Load the county's CA as the connection will. Takes a few milliseconds; may be called on any thread.

    Raises:
        InputProblem: ``station.bad_field.ca_pem`` when it holds no certificate that can be read.
    """
    if not station.ca_pem:
        return  # the system's own authorities are used
    import ssl  # noqa: PLC0415 - loads OpenSSL, which the first paint must not wait for

    try:
        ssl.create_default_context(cadata=station.ca_pem)
    except (ssl.SSLError, ValueError, TypeError):
        raise InputProblem("station.bad_field.ca_pem") from None
