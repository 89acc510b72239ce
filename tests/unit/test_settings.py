from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from config import Settings, SettingsError

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "HANQIAO_ENV": "production",
    "SECRET_KEY": "x" * 40,
    "DATABASE_URL": "postgresql://db/hanqiao",
    "BASE_URL": "https://hanqiao.example/",
}


class TestFromEnv:
    def test_needs_nothing_in_development(self, tmp_path):
        settings = Settings.from_env({"HANQIAO_HOME": str(tmp_path)})
        assert settings.is_development
        assert settings.database_url is None
        assert settings.demo

    def test_keeps_its_secret_over_a_restart(self, tmp_path):
        env = {"HANQIAO_HOME": str(tmp_path)}
        assert Settings.from_env(env).secret_key == Settings.from_env(env).secret_key

    def test_names_every_missing_key_of_production(self):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({"HANQIAO_ENV": "production"})
        for key in ("SECRET_KEY", "DATABASE_URL", "BASE_URL"):
            assert key in str(caught.value)

    def test_loads_no_demo_records_in_production(self):
        assert not Settings.from_env(PRODUCTION).demo

    @pytest.mark.parametrize("value", ["0", "-1", "many"])
    def test_refuses_a_port_that_is_none(self, value):
        with pytest.raises(SettingsError, match="PORT"):
            Settings.from_env({"PORT": value})

    def test_refuses_an_unknown_environment(self):
        with pytest.raises(SettingsError, match="HANQIAO_ENV"):
            Settings.from_env({"HANQIAO_ENV": "staging"})

    def test_shows_no_secret_when_printed(self):
        assert "x" * 40 not in repr(Settings.from_env(PRODUCTION))


class TestCompose:
    """The composition can't be run everywhere; what it says is read by the same settings class."""

    def services(self):
        return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]

    def test_lists_web_worker_database_and_search(self):
        assert {"web", "worker", "database", "search", "migrate"} == set(self.services())

    @pytest.mark.parametrize("name", ["web", "worker", "migrate"])
    def test_gives_settings_that_hold(self, name):
        environment = {
            key: re.sub(
                r"\$\{\w+(:-([^}]*)|:\?[^}]*)?\}", lambda found: found[2] or "given", str(value)
            )
            for key, value in self.services()[name]["environment"].items()
        }
        settings = Settings.from_env(environment)
        assert settings.environment == "production"
        assert settings.elasticsearch_url == "http://elastic:given@search:9200"

    def test_sets_only_what_the_settings_read(self):
        source = (ROOT / "config.py").read_text(encoding="utf-8")
        known = set(re.findall(r'"([A-Z][A-Z_]+)"', source)) | {"BIND"}
        assert set(self.services()["web"]["environment"]) <= known

    def test_starts_what_the_procfile_lists(self):
        procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
        names = {line.split(":")[0] for line in procfile.splitlines()}
        for name in ("web", "worker"):
            assert self.services()[name]["command"].split()[-1] in names
