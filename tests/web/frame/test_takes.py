"""A form takes a step, or shows at its fields why it was not taken."""

from __future__ import annotations

import pytest
from wtforms import StringField
from wtforms.validators import DataRequired

from marketplace.core.errors import RuleBroken
from marketplace.web.forms import Form


class NameForm(Form):
    name = StringField("Name", [DataRequired("Give a name.")])


@pytest.fixture
def sent(app):
    def form(method="POST", **values):
        with app.test_request_context(method=method, data=values):
            made = NameForm(meta={"csrf": False})
            taken = []
            return made, made.takes(lambda: taken.append(made.name.data)), taken

    return form


class TestTakes:
    def test_takes_the_step_of_a_sound_form(self, sent):
        assert sent(name="甲")[1:] == (True, ["甲"])

    def test_takes_none_before_it_was_sent(self, sent):
        assert sent("GET")[1:] == (False, [])

    def test_takes_none_with_a_faulty_field(self, sent):
        form, done, taken = sent(name="")
        assert (done, taken) == (False, [])
        assert form.name.errors == ["Give a name."]

    @pytest.mark.parametrize(("field", "told"), [("name", True), (None, False)])
    def test_shows_a_broken_rule_where_it_broke(self, app, field, told):
        def step():
            raise RuleBroken("The name is taken.", field=field)

        with app.test_request_context(method="POST", data={"name": "甲"}):
            form = NameForm(meta={"csrf": False})
            assert not form.takes(step)
            assert (form.name.errors == ["The name is taken."]) is told
            assert (form.general_errors == ["The name is taken."]) is not told
