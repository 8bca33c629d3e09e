"""The list of units: reading it in the shapes that offices keep it in, and who is expected on which day."""

import datetime as dt
import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from cchc_xl.errors import InputFault
from cchc_xl.units import Unit, UnitList, read_units

NINH_HAI = Path(__file__).parents[1] / "cchc_xl" / "samples" / "units" / "ninh-hai.tsv"
BEFORE = date(2023, 12, 31)
AFTER = date(2025, 12, 31)


def write(folder: Path, text: str, name: str = "ds.tsv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def listed(*rows: tuple[str, str, str]) -> UnitList:
    """A list of (code, name, parent) without ends of validity."""
    return UnitList("ds.tsv", tuple(Unit(code, name, "xã", parent, None, None, "", "") for code, name, parent in rows))


def fault_of(path: Path) -> str:
    with pytest.raises(InputFault) as caught:
        read_units(path)
    return str(caught.value)


class TestRealList:
    def test_before_the_reorganisation(self):
        units = read_units(NINH_HAI)
        expected = units.expected(None, BEFORE)
        assert units.parent_of(None, BEFORE) == "586"
        assert len(expected) == 9
        assert [unit.full_name for unit in expected][:2] == ["thị trấn Khánh Hải", "xã Hộ Hải"]

    def test_after_the_reorganisation(self):
        units = read_units(NINH_HAI)
        assert units.parent_of(None, AFTER) == "56"
        assert [unit.full_name for unit in units.expected(None, AFTER)] == [
            "phường Ninh Chử", "xã Ninh Hải", "xã Xuân Hải", "xã Vĩnh Hải",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("day", "name"),
        [(date(2025, 6, 30), "thị trấn Khánh Hải"), (date(2025, 7, 1), "phường Ninh Chử")],
    )
    def test_a_reused_code_is_two_units(self, day, name):
        unit = read_units(NINH_HAI).find("22834", "", day)
        assert unit is not None
        assert unit.full_name == name

    def test_a_recurring_name_depends_on_the_day(self):
        units = read_units(NINH_HAI)
        assert units.find("", "Ninh Hải", BEFORE).code == "586"
        assert units.find("", "ninh hải", AFTER).code == "22852"
        assert units.find("", "Xã Vĩnh Hải", BEFORE).valid_from is None
        assert units.find("", "XÃ  VĨNH HẢI", AFTER).valid_from == date(2025, 7, 1)

    def test_a_parent_without_children_on_the_day(self):
        with pytest.raises(InputFault, match=r"586.*31/12/2025"):
            read_units(NINH_HAI).expected("586", AFTER)

    def test_unknown_parent(self):
        with pytest.raises(InputFault, match=r"999.*--cap-tren.*586 \(huyện Ninh Hải\)"):
            read_units(NINH_HAI).expected("999", BEFORE)


class TestParent:
    def test_only_one(self):
        assert listed(("1", "A", "9"), ("2", "B", "9")).parent_of(None, BEFORE) == "9"

    def test_several_are_not_guessed(self):
        units = listed(("1", "A", "8"), ("2", "B", "9"))
        with pytest.raises(InputFault, match=r"--cap-tren.*8, 9"):
            units.expected(None, BEFORE)
        assert [unit.code for unit in units.expected("9", BEFORE)] == ["2"]

    def test_several_that_are_rows(self):
        units = listed(("7", "P", ""), ("8", "H", "7"), ("9", "K", "7"), ("1", "A", "8"), ("2", "B", "9"))
        with pytest.raises(InputFault, match=r"xã H.*xã K"):
            units.expected(None, BEFORE)

    def test_flat_list(self):
        units = listed(("1", "A", ""), ("2", "B", ""))
        assert units.parent_of(None, BEFORE) == ""
        assert len(units.expected(None, BEFORE)) == 2
        assert [unit.code for unit in units.expected("1", BEFORE)] == ["2"]

    def test_nobody_is_left(self):
        unit = Unit("1", "A", "xã", "9", None, date(2020, 1, 1), "", "")
        with pytest.raises(InputFault, match="31/12/2023"):
            UnitList("ds.tsv", (unit, Unit("9", "H", "huyện", "", None, None, "", ""))).expected(None, BEFORE)


class TestFind:
    def test_code_before_name(self):
        units = listed(("1", "A", "9"), ("2", "B", "9"))
        assert units.find("1", "xã B", BEFORE).code == "1"
        assert units.find("3", "Xã B", BEFORE).code == "2"
        assert units.find("3", "C", BEFORE) is None
        assert units.find("", "", BEFORE) is None

    def test_a_name_that_two_bear_is_nobody(self):
        assert listed(("1", "A", "9"), ("2", "A", "9")).find("", "xã A", BEFORE) is None

    def test_ends_of_validity_are_included(self):
        unit = Unit("1", "A", "", "", date(2023, 1, 1), date(2023, 12, 31), "", "")
        assert unit.full_name == "A"
        days = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1)]
        assert [unit.valid_on(day) for day in days] == [False, True, True, False]


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("sign", ["\t", ";", ","])
    def test_texts(self, tmp_path, encoding, sign):
        lines = [["MÃ", "Tên", "Loại", "Trực thuộc", "Từ ngày", "Hiệu lực đến", "Thành", "Ghi chú"],
                 ["00123", "Tân Hải", "xã", "0586", "01/07/2023", "2025-06-30", "", "gồm A; B"]]  # fmt: skip
        text = "\r\n".join(sign.join(f'"{cell}"' if sign in cell else cell for cell in line) for line in lines)
        (unit,) = read_units(write(tmp_path, text, "ds.csv", encoding)).units
        assert unit == Unit(
            "00123", "Tân Hải", "xã", "0586", date(2023, 7, 1), date(2025, 6, 30), "", "gồm A; B"
        )

    def test_only_code_and_name_are_needed(self, tmp_path):
        (unit,) = read_units(write(tmp_path, "Danh sách\n\ncode\tname\n1\tA\n\n")).units
        assert unit == Unit("1", "A", "", "", None, None, "", "")

    def test_workbook(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["Danh sách đơn vị"])
        book.active.append([])
        book.active.append(["Mã", "TÊN", "Cấp trên / trực thuộc", "Hiệu lực từ", "Đến ngày"])
        book.active.append([22834.0, "Khánh Hải", 586, dt.datetime(2023, 7, 1), "30/06/2025"])
        book.active.append(["00123", "Hộ Hải", "586", None, dt.date(2025, 6, 30)])
        book.save(tmp_path / "ds.xlsx")
        first, second = read_units(tmp_path / "ds.xlsx").units
        assert (first.code, first.parent, first.valid_from, first.valid_to) == (
            "22834", "586", date(2023, 7, 1), date(2025, 6, 30),
        )  # fmt: skip
        assert (second.code, second.parent, second.valid_from, second.valid_to) == (
            "00123", "586", None, date(2025, 6, 30),
        )  # fmt: skip

    def test_all_faults_at_once(self, tmp_path):
        text = (
            "code\tname\tvalid_from\tvalid_to\n"
            "1\tA\t31/02/2023\t\n"
            "2\tB\t\t2023-06-30\n"
            "2\tC\t2023-06-30\t\n"
            "3\t\t\t\n"
            "4\tD\t2024-01-01\t2023-01-01\n"
        )
        lines = fault_of(write(tmp_path, text)).splitlines()
        assert len(lines) == 5
        assert "ds.tsv, dòng 2" in lines[1]
        assert "31/02/2023" in lines[1]
        assert any("dòng 4: mã 2 đã có ở dòng 3" in line for line in lines)
        assert any("dòng 5: thiếu tên" in line for line in lines)
        assert any("dòng 6" in line and "01/01/2024" in line for line in lines)

    def test_the_same_code_one_after_the_other(self, tmp_path):
        text = "code\tname\tvalid_from\tvalid_to\n2\tB\t\t2023-06-30\n2\tC\t2023-07-01\t\n"
        assert len(read_units(write(tmp_path, text)).units) == 2

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("code\tparent\n1\t2\n", "dòng 1: thiếu cột “tên”"),
            ("a b c\n", "thiếu cột “mã”"),
            ("code\tname\n\n", "không có đơn vị nào"),
            ("", "tệp trống"),
        ],
    )
    def test_not_a_list(self, tmp_path, text, words):
        assert words in fault_of(write(tmp_path, text))

    def test_not_a_file_that_can_be_read(self, tmp_path):
        assert "Không tìm thấy" in fault_of(tmp_path / "none.tsv")
        assert "không phải là bảng" in fault_of(tmp_path)
        assert "không phải là bảng" in fault_of(write(tmp_path, "x", "ds.pdf"))
        assert "UTF-8" in fault_of(write(tmp_path, "mã\ttên\n1\tHải\n", encoding="utf-16-le"))
        (tmp_path / "ds.csv").write_bytes(b"code\tname\n1\tH\xe1i\n")
        assert "UTF-8" in fault_of(tmp_path / "ds.csv")
        assert "ds.xlsx" in fault_of(write(tmp_path, "no zip", "ds.xlsx"))


@dataclass(eq=False)
class Territory:
    """A unit of a made-up history: the pieces of land that it holds, and those that it took in later."""

    code: str
    name: str
    start: date | None
    pieces: frozenset[int]
    end: date | None = None
    became: str = ""
    taken: list[tuple[date, frozenset[int]]] = field(default_factory=list)

    def held(self, day: date) -> frozenset[int]:
        return self.pieces.union(*(pieces for since, pieces in self.taken if since <= day))


def history(rnd: random.Random) -> list[Territory]:
    """Units that were merged, renamed, given other codes, or taken in by one that goes on, at several days."""
    live = [Territory(f"{n}", f"N{n}", None, frozenset({n})) for n in range(rnd.randint(3, 9))]
    gone: list[Territory] = []
    day, fresh = date(2023, 1, 1), 100
    for _ in range(rnd.randint(1, 4)):
        day += dt.timedelta(days=rnd.randint(40, 400))
        rnd.shuffle(live)
        fresh += 1
        ended = [live.pop() for _ in range(rnd.randint(1, min(3, len(live) - 1)))] if len(live) > 1 else []
        if not ended:
            break
        pieces = frozenset().union(*(unit.held(day) for unit in ended))
        if rnd.random() < 0.4:
            heir = live[0]
            heir.taken.append((day, pieces))
        else:
            code, name = rnd.choice([ended[0].code, f"{fresh}"]), rnd.choice([ended[0].name, f"N{fresh}"])
            heir = Territory(code, name, day, pieces)
            live.append(heir)
        for unit in ended:
            unit.end, unit.became = day - dt.timedelta(days=1), rnd.choice([heir.name, f"Xã {heir.name}"])
        gone += ended
    rnd.shuffle(gone)
    return [*gone, *live]


@pytest.mark.parametrize("block", range(4))
def test_predecessors_hold_just_the_land_of_the_later_unit(block: int) -> None:
    """Over any number of reorganisations: just the units whose land the later one holds."""
    several = 0
    for seed in range(block * 60, block * 60 + 60):
        rnd = random.Random(seed)
        made = history(rnd)
        units = [Unit(t.code, t.name, "xã", "9", t.start, t.end, t.became, "") for t in made]
        listed = UnitList("ds.tsv", tuple(units))
        for _ in range(10):
            now = date(2023, 1, 1) + dt.timedelta(days=rnd.randint(0, 1500))
            before = now - dt.timedelta(days=rnd.randint(1, 900))
            for unit, later in zip(units, made, strict=True):
                if unit.valid_on(now):
                    wanted = [
                        one
                        for one, earlier in zip(units, made, strict=True)
                        if one.valid_on(before) and earlier.held(before) <= later.held(now)
                    ]
                    assert listed.predecessors(unit, before, now) == wanted, (seed, unit, before, now)
                    several += len(wanted) > 1
    assert several > 100
