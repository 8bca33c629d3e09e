"""A form of the catalogue: ``form.toml``, its appendices, rules and changes."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from typing import Any

from cchc_xl.catalogue.appendix import AppendixLoader
from cchc_xl.catalogue.blanks import live_text
from cchc_xl.catalogue.changes import ChangeLoader
from cchc_xl.catalogue.model import USUAL_SIGNERS, Form
from cchc_xl.catalogue.quantities import read_quantities
from cchc_xl.catalogue.references import check_cycles, check_references
from cchc_xl.catalogue.rows import LEVELS
from cchc_xl.catalogue.rules import RuleLoader
from cchc_xl.catalogue.tables import Faults
from cchc_xl.errors import InputFault
from cchc_xl.periods import format_date, parse_date, parse_period

_LONGEST_LIST = 255


class FormLoader:
    """Loads forms from one catalogue folder, noting faults."""

    def __init__(self, root: Traversable, faults: Faults) -> None:
        self.root = root
        self.faults = faults
        self.quantities = read_quantities(root, faults)

    def load(self, form_id: str) -> Form:
        """One form. Faults go to the collector; what comes back is whole only if none was added."""
        folder = self.root.joinpath("forms", form_id)
        place = f"{form_id}/form.toml"
        try:
            raw = tomllib.loads(folder.joinpath("form.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.faults.add(place, f"không đọc được TOML: {error}")
            raw = {}
        for key in ("id", "version", "name", "locality", "level", "period", "appendix"):
            if key not in raw:
                self.faults.add(place, f"thiếu {key}")
        if raw.get("id", form_id) != form_id:
            self.faults.add(place, f"id '{raw.get('id')}' khác tên thư mục")
        if raw.get("level", "xa") not in LEVELS:
            self.faults.add(place, f"level '{raw.get('level')}' không hợp lệ")
        tables: list[dict[str, Any]] = raw.get("appendix", [])
        column_keys: dict[str, frozenset[str]] = {}
        for table in tables:
            if not table.get("id"):
                self.faults.add(place, "phụ lục thiếu id")
            elif table["id"] in column_keys:
                self.faults.add(place, f"hai phụ lục cùng id {table['id']}")
            column_keys[str(table.get("id", ""))] = frozenset(str(c.get("key")) for c in table.get("column", []))
        level = str(raw.get("level", ""))
        loader = AppendixLoader(folder, form_id, column_keys, level, self.quantities, self.faults)
        appendices = tuple(loader.load(table) for table in tables)
        check_references(form_id, appendices, self.faults)
        check_cycles(form_id, appendices, self.faults)
        rules = RuleLoader(self.root, form_id, appendices, column_keys, self.faults).load()
        version = raw.get("version", 0)
        if not isinstance(version, int):
            self.faults.add(place, f"version '{version}' phải là số nguyên")
            version = 0
        return Form(
            id=form_id,
            version=version,
            name=str(raw.get("name", "")),
            locality=str(raw.get("locality", "")),
            level=level,
            period=str(raw.get("period", "")),
            dates=self._dates(place, raw),
            appendices=appendices,
            rules=rules,
            changes=ChangeLoader(folder, form_id, version, appendices, self.faults).load(),
            signers=self._signers(place, raw),
            live_name=live_text(place, raw, "name", self.faults),
        )

    def _signers(self, place: str, raw: dict[str, Any]) -> tuple[str, ...]:
        """The words above the signature; Excel holds a list of up to 255 characters, parted by commas."""
        signers = raw.get("signers", list(USUAL_SIGNERS))
        if not isinstance(signers, list) or not signers or not all(isinstance(s, str) and s.strip() for s in signers):
            self.faults.add(place, "signers phải là danh sách chức danh ký")
            return USUAL_SIGNERS
        if any("," in signer or '"' in signer for signer in signers) or len(",".join(signers)) > _LONGEST_LIST:
            self.faults.add(place, f'signers không được có dấu , và ", tổng cộng không quá {_LONGEST_LIST} ký tự')
        return tuple(signers)

    def _dates(self, place: str, raw: dict[str, Any]) -> tuple[str, str] | None:
        """The printed from-to dates; the period is checked along with them."""
        dates = raw.get("dates")
        try:
            if "period" in raw:
                parse_period(str(raw["period"]))
            if dates is None:
                return None
            if not isinstance(dates, list) or len(dates) != 2:
                raise InputFault("dates phải gồm hai ngày")
            start, end = (format_date(parse_date(str(day))) for day in dates)
        except InputFault as fault:
            self.faults.add(place, str(fault))
            return None
        return start, end
