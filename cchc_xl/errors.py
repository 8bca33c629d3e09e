"""Exceptions: only for files and catalogues that are broken. What is wrong with figures is data (see ``finding``)."""


class CchcError(Exception):
    """Base of all. Its message is one Vietnamese sentence for the user: what, where, what to do."""


class WorkbookFault(CchcError):
    """A file that cannot be read as a workbook, or a workbook that cannot be written to."""


class ForeignWorkbook(CchcError):
    """A sound workbook that is not one of our forms (no stamp, or an unknown form)."""


class InputFault(CchcError):
    """The user asked for something that is not there: a form, a period, a folder, a list of units."""


class SeveralForms(InputFault):
    """Submissions of several forms and none named as the summary's. ``forms``: their ids."""

    def __init__(self, forms: list[str]) -> None:
        super().__init__(f"Các sổ nộp theo nhiều biểu mẫu ({', '.join(forms)}): hãy chọn biểu tổng hợp bằng --mau.")
        self.forms = forms


class CatalogueFault(CchcError):
    """A catalogue with faults. ``faults`` holds all of them, each with file and row."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("Danh mục biểu mẫu có lỗi:\n" + "\n".join(faults))
        self.faults = faults


BROUGHT_DOWN = "làm chương trình đọc gặp lỗi của chính nó"


def own_fault(name: str, error: Exception) -> str:
    """The sentence for a file that the toolkit could not cope with: a fault of the toolkit, which the file found."""
    return f"Tệp {name} {BROUGHT_DOWN} ({type(error).__name__}): hãy gửi tệp cho người bảo trì bộ công cụ."
