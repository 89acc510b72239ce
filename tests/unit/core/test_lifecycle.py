from __future__ import annotations

import pytest

from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import StepNotAllowed
from marketplace.core.lifecycle import Lifecycle


class Light(LabelledEnum):
    RED = "red", "Red"
    GREEN = "green", "Green"


CYCLE = Lifecycle({"go": ({Light.RED}, Light.GREEN), "stop": ({Light.GREEN}, Light.RED)})


class TestLifecycle:
    def test_leads_to_the_next_state(self):
        assert CYCLE.next(Light.RED, "go") is Light.GREEN

    def test_refuses_a_step_from_the_wrong_state_and_names_it(self):
        with pytest.raises(StepNotAllowed) as caught:
            CYCLE.next(Light.GREEN, "go")
        assert caught.value.values == {"state": "Green"}

    def test_lists_what_is_possible(self):
        assert CYCLE.possible(Light.RED) == {"go"}
        assert CYCLE.events == {"go", "stop"}


class TestLabelledEnum:
    def test_stores_the_key_and_shows_the_label(self):
        assert Light("red") is Light.RED
        assert Light.choices() == [("red", "Red"), ("green", "Green")]
