"""What others read in our macro files: olevba and olefile, which share no code with the writer."""

import io
import zipfile
from pathlib import Path

import olefile
from oletools.olevba import VBA_Parser, decompress_stream

PROJECT_PART = "xl/vbaProject.bin"


def project_bytes(package: Path) -> bytes:
    """The VBA project of a workbook."""
    with zipfile.ZipFile(package) as archive:
        return archive.read(PROJECT_PART)


def streams(project: bytes) -> dict[str, bytes]:
    """Every stream of a compound file by its path."""
    with olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_INCORRECT) as compound:
        assert compound.parsing_issues == []
        return {"/".join(path): compound.openstream(path).read() for path in compound.listdir()}


def module_bytes(project: bytes, name: str) -> bytes:
    """A module's source, unpacked and otherwise as stored."""
    return bytes(decompress_stream(bytearray(streams(project)[f"VBA/{name}"])))


def module_sources(package: Path) -> dict[str, str]:
    """Module names with their sources, found as olevba finds them: through the dir stream."""
    parser = VBA_Parser(str(package))
    try:
        return {stream.split("/")[-1]: code for _, stream, _, code in parser.extract_all_macros()}
    finally:
        parser.close()
