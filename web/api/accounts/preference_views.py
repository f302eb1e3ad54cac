"""What the caller prefers."""

from typing import Any

from apiflask import APIBlueprint

from complaints.accounts.personal_preferences import PersonalPreferences, prefer, preferences_of
from complaints.models import Operator
from web.http.app_services import services
from web.http.permissions import operator, signed_in

blueprint = APIBlueprint("preferences", __name__, tag="Sign-in")


@blueprint.get("/me/preferences")
@signed_in()
@blueprint.output(PersonalPreferences)
@blueprint.doc(summary="My preferences")
def get_preferences() -> Any:
    """Return what the caller chose, and of the rest what holds without a choice."""
    return preferences_of(operator())


@blueprint.put("/me/preferences")
@signed_in()
@blueprint.input(PersonalPreferences, arg_name="form")
@blueprint.output(PersonalPreferences)
@blueprint.doc(summary="Choose my preferences")
def put_preferences(form: PersonalPreferences) -> Any:
    """Keep these preferences; what is left out is as if it had never been chosen."""
    with services().database.write() as session:
        prefer(session.get_one(Operator, operator().id), form)
    return form
