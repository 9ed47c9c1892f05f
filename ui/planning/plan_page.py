"""What the pages of a plan share: which plan is shown."""

from __future__ import annotations

from collections.abc import Mapping

from salesdesk.planning.plans import Plan
from ui.shared.fresh import PERSON, FreshPage, Shown
from ui.shared.session import Session


class PlanPage(FreshPage):
    """A page over one plan; it reads in :meth:`refresh`, only while a plan is shown."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.plan: Plan | None = None

    def show_plan(self, plan: Plan) -> None:
        """Show a plan, or what became of the one shown."""
        if plan != self.plan:
            self.plan = plan
            self.outdated()

    @property
    def plan_id(self) -> int:
        """The id of the plan shown, 0 for none."""
        return 0 if self.plan is None else self.plan.id

    def plan_parts(self) -> dict[str, Shown]:
        """What each page shows: the one plan, and what the rights to write in it hang on."""
        return {"plan": Shown({"id": {self.plan_id}}), "person": PERSON}

    def shown_parts(self) -> Mapping[str, Shown]:
        return self.plan_parts() | {"target": Shown({"plan_id": {self.plan_id}})}

    def leave(self) -> bool:
        """Keep what was typed, as the plan is about to go; False when it can't be kept."""
        return True

    def has_something_to_show(self) -> bool:
        """Whether a plan is shown."""
        return self.plan is not None
