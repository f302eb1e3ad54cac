"""How near a complaint is to a place, in arithmetic that both engines have."""

import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_

from complaints.models import Complaint

METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of the Earth's mean radius
METRES_MAXIMUM = 100_000.0
WHOLE_TURN = 360.0
SMALLEST_SHRINK = 1e-6


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many metres of a place (WGS 84, degrees)."""

    lat: float
    lon: float
    metres: float


def is_near(near: Near) -> ColumnElement[bool]:
    """Return the condition: over at most a hundred kilometres a plane does for the globe, save close to a pole.

    The box around the circle comes first: that is what an index knows.
    """
    tall = near.metres / METRES_A_DEGREE
    wide = min(tall / max(_shrink(min(abs(near.lat) + tall, 90.0)), SMALLEST_SHRINK), WHOLE_TURN / 2)
    apart = func.abs(Complaint.longitude - near.lon)
    north = (Complaint.latitude - near.lat) * METRES_A_DEGREE
    across = case((apart > WHOLE_TURN / 2, WHOLE_TURN - apart), else_=apart)
    east = across * METRES_A_DEGREE * _shrink(near.lat)
    return and_(
        Complaint.latitude.between(near.lat - tall, near.lat + tall),
        _between_longitudes(near.lon - wide, near.lon + wide),
        north * north + east * east <= near.metres * near.metres,
    )


def _shrink(latitude: float) -> float:
    return math.cos(math.radians(latitude))


def _between_longitudes(west: float, east: float) -> ColumnElement[bool]:
    """Where the box reaches over the 180th meridian, it goes on at the other side."""
    column = Complaint.longitude
    if west < -WHOLE_TURN / 2:
        return or_(column >= west + WHOLE_TURN, column <= east)
    if east > WHOLE_TURN / 2:
        return or_(column >= west, column <= east - WHOLE_TURN)
    return column.between(west, east)
