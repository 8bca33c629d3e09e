"""Forms by their id, loaded once. Reports every fault of a catalogue, not just the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from cchc_xl.catalogue.charts import ChartSpec, read_charts
from cchc_xl.catalogue.form import FormLoader
from cchc_xl.catalogue.model import Form
from cchc_xl.catalogue.quantities import read_quantities
from cchc_xl.catalogue.tables import Faults
from cchc_xl.errors import CatalogueFault, InputFault

_elsewhere: list[Traversable] = []
_loaded: dict[tuple[str, str], Form] = {}


def catalogue_root() -> Traversable:
    """The folder of the catalogue's files: inside the package, or where ``catalogue_at`` points to."""
    return _elsewhere[-1] if _elsewhere else files("cchc_xl.catalogue")


@contextmanager
def catalogue_at(root: Traversable) -> Iterator[None]:
    """Within the block every form comes from another catalogue folder: a form that is being changed, an older version.

    The files there must not change any more: a form is loaded once.
    """
    _elsewhere.append(root)
    try:
        yield
    finally:
        _elsewhere.pop()


def form_ids(root: Traversable | None = None) -> list[str]:
    """Ids of all forms, sorted."""
    folder = (root or catalogue_root()).joinpath("forms")
    return sorted(entry.name for entry in folder.iterdir() if entry.joinpath("form.toml").is_file())


def load_form(form_id: str) -> Form:
    """One form of the catalogue, always the same object.

    Raises ``InputFault`` for an unknown form and ``CatalogueFault`` for a faulty one.
    """
    root = catalogue_root()
    # Not functools.cache: a folder inside a zip archive is not equal to itself.
    key = (str(root), form_id)
    if key not in _loaded:
        _loaded[key] = _load_form(root, form_id)
    return _loaded[key]


def _load_form(root: Traversable, form_id: str) -> Form:
    known = form_ids(root)
    if form_id not in known:
        raise InputFault(f"Không có biểu mẫu “{form_id}”. Các biểu mẫu hiện có: {', '.join(known)}.")
    faults = Faults()
    form = FormLoader(root, faults).load(form_id)
    if faults.found:
        raise CatalogueFault(faults.found)
    return form


def load_catalogue(root: Traversable | None = None) -> dict[str, Form]:
    """Every form, by id. Raises ``CatalogueFault`` with all faults of all files."""
    faults = Faults()
    loader = FormLoader(root or catalogue_root(), faults)
    forms = {form_id: loader.load(form_id) for form_id in form_ids(root)}
    for code in loader.quantities:
        if not any(spec.code == code for form in forms.values() for spec in form.specs()):
            faults.add("quantities.tsv", f"mã {code} không biểu mẫu nào dùng")
    read_charts(loader.root, loader.quantities, faults)
    if faults.found:
        raise CatalogueFault(faults.found)
    return forms


@cache
def load_charts() -> tuple[ChartSpec, ...]:
    """The charts of a summary. Raises ``CatalogueFault`` when their table is faulty."""
    faults = Faults()
    charts = read_charts(catalogue_root(), read_quantities(catalogue_root(), faults), faults)
    if faults.found:
        raise CatalogueFault(faults.found)
    return charts
