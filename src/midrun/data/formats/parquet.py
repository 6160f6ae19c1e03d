"""Parquet with pyarrow: every column of every row group."""

from __future__ import annotations

from typing import Any

from midrun.data.libraries import need
from midrun.data.source import DefectError, Source
from midrun.data.values import Numbers

_ROWS = 1 << 16


def read(source: Source) -> None:
    """Read all rows, which checks their pages, and look at the columns of numbers."""
    parquet = need("pyarrow.parquet")
    arrow = need("pyarrow")
    try:
        file = parquet.ParquetFile(source.file)
    except (arrow.ArrowInvalid, OSError) as error:
        raise DefectError("truncated", "has no whole footer", _first(error)) from None
    schema, rows = file.schema_arrow, file.metadata.num_rows
    source.looked.items = rows
    source.looked.traits = tuple(schema.names)
    if not rows:
        raise DefectError("empty", "has no rows")
    columns: dict[str, Numbers] = {}
    nulls: dict[str, int] = {}
    done = 0
    try:
        for batch in file.iter_batches(_ROWS):
            for name, column in zip(schema.names, batch.columns, strict=True):
                if count := column.null_count:
                    nulls[name] = nulls.get(name, 0) + count
                    column = column.drop_null()
                if _is_number(arrow, column.type):
                    block = column.to_numpy(zero_copy_only=False)
                    if name not in columns:
                        columns[name] = Numbers(source, name, (rows,), block.dtype)
                    columns[name].add(block)
            done += batch.num_rows
    except (arrow.ArrowException, OSError) as error:
        raise DefectError("unreadable", f"damaged from row {done} on", _first(error)) from None
    for numbers in columns.values():
        numbers.finish()
    for name, count in nulls.items():
        if name in columns:
            source.found("missing-values", f"{count} of {rows} values are null", f"column {name}")


def _is_number(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    return bool(types.is_integer(kind) or types.is_floating(kind))


def _first(error: Exception) -> str:
    return str(error).split("\n")[0][:200]
