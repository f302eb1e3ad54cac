"""What people want done to complaints: `submit`, `change_status`, `assign`, `edit`, `comment`, `attach`, `detach`.

Each verb changes the complaint and appends its event in the caller's transaction; it neither commits nor
knows who calls it. Verbs on a stored complaint want its row locked: get it with `find_locked`.
"""

from complaints.verbs.assignment import assign
from complaints.verbs.attaching import attach, detach
from complaints.verbs.commenting import comment
from complaints.verbs.editing import edit
from complaints.verbs.intake import submit
from complaints.verbs.status import change_status

__all__ = ["assign", "attach", "change_status", "comment", "detach", "edit", "submit"]
