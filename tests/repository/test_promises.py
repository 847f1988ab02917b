"""Commands, lock files, settings, privacy page, paths: what others rely on and nobody looks at daily."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import ROOT, Settings
from bot.storage.tables import metadata

COMMANDS = ("run", "chat", "train", "evaluate", "detect", "content", "staff", "referrals", "purge", "doctor")
WITH_JSON = ("evaluate", "detect", "content", "referrals", "doctor")
LOCKS = ("app.txt", "dev.txt", "rasa.txt")
TARGETS = ("run", "test", "train", "chat")
SECRETS = ("ANLU_SECRET_KEY", "ANLU_TELEGRAM_TOKEN", "ANLU_TELEGRAM_WEBHOOK_SECRET", "ANLU_DATABASE_URL")


def _files() -> list[Path]:
    """What is or will be under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


# ---- commands ----


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help says how it is used, and offers JSON where scripts rely on it."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert f"anlu {command}" in told
    assert ("--json" in told) is (command in WITH_JSON)


@pytest.mark.parametrize(
    ("command", "what"),
    [("content", ("check", "import", "export")), ("staff", ("add", "list", "disable")), ("referrals", ("check",))],
)
def test_commands_that_do_several_things_name_them(
    command: str, what: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each in the help."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    told = capsys.readouterr().out
    assert all(word in told for word in what)


def test_the_program_lists_its_commands() -> None:
    """As a program of its own; an unknown command is refused in one line after the usage."""
    told = subprocess.run([sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, check=True, text=True)
    assert all(re.search(rf"^ +{command}\b", told.stdout, re.MULTILINE) for command in COMMANDS)
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "fly"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_make_has_its_targets() -> None:
    """The four a newcomer is told of."""
    made = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(TARGETS) <= set(made)


# ---- lock files ----


@pytest.mark.parametrize("name", LOCKS)
def test_locked_packages_are_pinned_and_hashed(name: str) -> None:
    """Every package one version, every version its hashes; no index is named."""
    text = (ROOT / "deploy" / "locks" / name).read_text(encoding="utf-8")
    entries = [
        e for e in re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines() if e.strip()
    ]
    assert entries
    for entry in entries:
        assert re.match(
            r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[^\s;]+( *;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+ *$", entry
        ), entry
    assert not re.search(r"(?<!--no-emit-)index-url|find-links|trusted-host|https?://", text)


# ---- settings ----


def _settings() -> set[str]:
    return {
        str(field.validation_alias) if field.validation_alias else f"ANLU_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }


def test_the_example_names_every_setting_and_no_other() -> None:
    """Each once, with what it means above it; secrets are marked and empty."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z_]+=", line)]
    assert sorted(name for name, _ in named) == sorted(_settings())
    assert all(line.startswith("#") or not line for line in lines), "nothing is set by the example itself"
    for name in SECRETS:
        at = next(i for i, line in enumerate(lines) if line.startswith(f"#{name}="))
        above = "\n".join(lines[at - 3 : at])
        assert lines[at] == f"#{name}="
        assert "SECRET" in above


def test_the_example_tells_the_true_defaults() -> None:
    """What it shows is what happens without it."""
    named = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    for name, field in Settings.model_fields.items():
        key = str(field.validation_alias) if field.validation_alias else f"ANLU_{name.upper()}"
        default = field.default
        if isinstance(default, Path):
            assert ROOT / named[key] == default
        elif hasattr(default, "get_secret_value"):
            assert named[key] == default.get_secret_value()
        else:
            assert named[key] == str(default), key


# ---- privacy ----


def test_the_privacy_page_names_every_table() -> None:
    """A table nobody wrote about must not exist; each says in the schema what it holds and when that goes."""
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    for table in metadata.sorted_tables:
        assert f"`{table.name}`" in page, table.name
        assert table.comment, table.name


# ---- paths ----


def test_no_path_of_somebodys_machine() -> None:
    """Nothing names a folder of the machine it was written on; containers have folders of their own."""
    personal = re.compile(r"(?<![\w.:/}$)~-])/(?:home|root|work|Users|tmp)(?=/\w|[\"'`\s,:;)\]]|$)", re.MULTILINE)
    found = []
    for path in _files():
        where = path.relative_to(ROOT).as_posix()
        if path.suffix in (".png", ".svg", ".jsonl") or where == Path(__file__).relative_to(ROOT).as_posix():
            continue
        pattern = (
            re.compile(personal.pattern.replace("|tmp", ""), re.MULTILINE) if where.startswith("deploy/") else personal
        )
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{where}: {text[max(0, m.start() - 20) : m.end() + 20]!r}" for m in pattern.finditer(text)]
    assert found == []


def test_files_and_functions_stay_readable() -> None:
    """Code of the application: files under 400 lines."""
    long = [p.name for p in _files() if p.suffix == ".py" and "bot" in p.parts and p.read_text().count("\n") >= 400]
    assert long == []
