"""The direction of imports: hosts → report → operations → (build, read, check, merge) → submission → … → values."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import cchc_xl

ROOT = Path(cchc_xl.__file__).parent

# Rooms from the ground up; a room may import rooms on lower floors only (and itself).
FLOORS = [
    {"errors", "excel_limits", "legacy_letters", "lettering", "own_folder", "pages", "severity", "values"},
    {"atomic", "licences", "periods", "stamp", "finding", "messages", "expressions"},
    {"catalogue"},
    {"layout", "ooxml", "report_layout", "own_part", "of_units"},
    {"cover", "row_heights", "cell_look"},
    {"submission", "leftovers"},
    {"companions"},
    {"readers", "checks", "completion"},
    {"live_checks"},
    {"form_workbook", "filling"},
    {"units", "upgrade"},
    {"consolidation"},
    {"over_time"},
    {"summary_workbook", "samples", "addin", "word"},
    {"period_workbook"},
    {"operations", "receiving"},
    {"merging", "period_operations", "audit", "recognition"},
    {"report"},
    {"hosts"},
    {"__main__"},
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Each library is imported in these rooms only.
LIBRARIES = {
    "openpyxl": set(),
    "xlsxwriter": {"form_workbook", "summary_workbook", "report", "addin"},
    "python_calamine": {"readers"},
    "lxml": {"ooxml"},
    "pandas": {"summary_workbook"},
    "xlwings": {"hosts"},
    "docx": {"word"},
    "packaging": {"addin"},
}


def _room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports() -> list[tuple[str, str, str]]:
    """(file, room, imported module) of every import statement, lazy ones too."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        room = _room(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.extend((str(path.relative_to(ROOT)), room, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.append((str(path.relative_to(ROOT)), room, node.module))
    return found


def test_imports_run_downwards_only() -> None:
    """No room imports a room on its own floor or above; builders, readers and checks do not know each other."""
    wrong = []
    for file, room, module in _imports():
        parts = module.split(".")
        if parts[0] != "cchc_xl" or len(parts) < 2 or room == "__init__" or parts[1] == room:
            continue
        if FLOOR[parts[1]] >= FLOOR[room]:
            wrong.append(f"{file} imports {module}")
    assert wrong == []


def test_each_library_is_used_in_its_own_rooms() -> None:
    """A library can be replaced by changing the rooms that know it."""
    wrong = [
        f"{file} imports {module}"
        for file, room, module in _imports()
        if module.split(".")[0] in LIBRARIES and room not in LIBRARIES[module.split(".")[0]]
    ]
    assert wrong == []


def test_help_and_check_start_light() -> None:
    """Neither the help nor a check imports what it does not need: a click starts a Python process."""
    code = (
        "import sys; from cchc_xl.hosts.cli import main; import contextlib, io\n"
        "with contextlib.redirect_stderr(io.StringIO()): main(['kiem-tra', 'khong-co.xlsx'])\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'xlwings', 'lxml', 'xlsxwriter', 'docx'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
