"""The pictures of LibreOffice in the staff guide: ``python tests/virtual_screen/guide.py`` writes
``workbooks/hinh/calc-*.png``, from a LibreOffice on the virtual screen in which the buttons are really pressed.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from submissions import make  # noqa: E402

from cchc_xl.layout import REPORT_SHEET  # noqa: E402
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET  # noqa: E402
from virtual_screen.desk import Desk, install  # noqa: E402
from virtual_screen.fixtures import EXTENSION, ROOT, Room  # noqa: E402
from virtual_screen.office import Office  # noqa: E402

PICTURES = ROOT / "workbooks" / "hinh"
FORM = "cam-giang-2024"
FIGURES = {"PL1": {35: "10", 36: "12"}}
ROWS = (2, 4, 5, 7, 8, 9, 10)
COMMUNES = {  # made up
    "Tân Hải": ("14", "23", "15", "12", "11", "1", "0"),
    "Hộ Hải": ("9", "20", "20", "8", "8", "0", "0"),
    "Xuân Hải": ("11", "18", "12", "10", "9", "0", "1"),
}


def main() -> None:
    """Make them all."""
    work = Path("/tmp/bao-cao-cchc")  # a folder that says something on the pictures
    work.mkdir()
    try:
        room = Room(work / "may")
        try:
            installing(room, work)
            desk = Desk(room.display, room.office(), work / "hinh")
            checking(desk, work)
            merging(desk, work)
        finally:
            room.leave()
    finally:
        shutil.rmtree(work)


def keep(desk: Desk, name: str, box: tuple[int, int, int, int] | None = None) -> None:
    """The screen, or a part of it, as a picture of the guide."""
    desk.until(desk.still, "a screen that stands still")
    desk.display.picture(PICTURES / f"calc-{name}.png", box)


def installing(room: Room, work: Path) -> None:
    """The question after a double click on the extension."""
    office = Office(room.family, room.folder / "profile", room.log)
    try:
        desk = Desk(room.display, office.start(), work / "hinh")
        install(desk, EXTENSION, lambda question: keep(desk, "cai-dat", around(question.box)))
    finally:
        office.stop()


def checking(desk: Desk, work: Path) -> None:
    """The toolbar and the menu; the report; the note at the cell."""
    desk.open(make(work, "22848", "UBND xã Tân Hải", FIGURES, form=FORM, file="so xa Tan Hai.xlsx"))
    desk.come_to_front()
    desk.click(desk.element("MENU", "CCHC")["box"])
    desk.until(lambda: desk.office.ask("menu", window=desk.main(), name="CCHC"), "the menu")
    keep(desk, "menu", (0, 0, 860, 330))
    desk.display.key("Escape", "Escape")
    desk.press("Kiểm tra")
    desk.until(lambda: desk.active_sheet() == REPORT_SHEET, "the report")
    desk.display.point(683, 600)
    keep(desk, "ket-qua", (0, 0, 1330, 440))
    desk.go_to("PL1", "E46")
    desk.display.point(700, 430)
    keep(desk, "ghi-chu")


def merging(desk: Desk, work: Path) -> None:
    """The folder, the questions, the summary."""
    folder = work / "so nhan"
    folder.mkdir()
    for code, (name, figures) in enumerate(COMMUNES.items(), 1):
        make(folder, str(code), f"UBND xã {name}", {"PL1": dict(zip(ROWS, figures, strict=True))}, form=FORM)
    desk.press("Tổng hợp")
    dialog = desk.dialog(title="Chọn thư mục chứa các sổ nộp")
    dialog.write(str(folder))
    keep(desk, "thu-muc", around(dialog.box))
    dialog.choose(folder)
    dialog = desk.dialog("Kỳ báo cáo")
    dialog.write("2023-NAM")
    keep(desk, "ky", around(dialog.box))
    dialog.press("Đồng ý")
    desk.dialog("Hạn nộp").answer("")
    desk.dialog("Có danh sách đơn vị").press("No")
    target = work / "Tong hop 2023.xlsx"
    desk.dialog(title="Ghi sổ tổng hợp vào tệp").choose(target)
    said = desk.dialog("Đã tổng hợp")
    keep(desk, "xong", around(said.box))
    said.press("OK")
    desk.file = target.name
    desk.come_to_front()
    desk.click(desk.element("PAGE_TAB", BY_UNIT_SHEET)["box"])
    desk.until(lambda: desk.active_sheet() == BY_UNIT_SHEET, "the sheet of units")
    keep(desk, "tong-hop")


def around(box: Sequence[int]) -> tuple[int, int, int, int]:
    """A rectangle with a little of what is behind it."""
    x, y, width, height = box
    return (x - 8, y - 8, width + 16, height + 16)


if __name__ == "__main__":
    sys.exit(main())
