"""What people want done to complaints: `submit`, `bring_in`, `change_status`, `assign`, `edit`, `comment`.

Each verb changes the complaint and appends its event in the caller's transaction; it neither commits nor
knows who calls it. Verbs on a stored complaint want its row locked: get it with `find_locked`.
"""

from complaints.verbs.assignment import assign
from complaints.verbs.commenting import comment
from complaints.verbs.editing import edit
from complaints.verbs.intake import bring_in, submit
from complaints.verbs.status import change_status

__all__ = ["assign", "bring_in", "change_status", "comment", "edit", "submit"]
