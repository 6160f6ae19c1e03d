"""How many values lie on a frame's value stack, from its bytecode.

CPython does not tell the depth of the value stack of a running frame, but the compiler keeps it
the same on every way to an instruction, so a walk over the instructions with `dis.stack_effect`
finds it. It is used as a check: the depth that the tree predicts (see `slots`) must be the same.
"""

from __future__ import annotations

import dis
import functools
import itertools
import types

_NEVER_FALL_THROUGH = {
    "RETURN_VALUE",
    "RETURN_CONST",
    "RAISE_VARARGS",
    "RERAISE",
    "JUMP_FORWARD",
    "JUMP_BACKWARD",
    "JUMP_BACKWARD_NO_INTERRUPT",
    "INTERPRETER_EXIT",
}
_JUMPS = {*dis.hasjrel, *dis.hasjabs}


@functools.lru_cache(maxsize=512)
def stack_depths(code: types.CodeType) -> dict[int, int]:
    """The depth before each reachable instruction of `code`, by the instruction's offset."""
    instructions = list(dis.get_instructions(code))
    following = {a.offset: b.offset for a, b in itertools.pairwise(instructions)}
    by_offset = {instruction.offset: instruction for instruction in instructions}
    depths: dict[int, int] = {}
    # An exception handler starts with what was below the protected range, the offset of the
    # failing instruction where the handler asks for it, and the exception:
    # https://github.com/python/cpython/blob/3.12/Objects/exception_handling_notes.txt
    todo = [(0, 0)]
    for entry in dis._parse_exception_table(code):  # type: ignore[attr-defined]
        todo.append((entry.target, entry.depth + entry.lasti + 1))
    while todo:
        offset, depth = todo.pop()
        if offset in depths:
            continue
        depths[offset] = depth
        instruction = by_offset[offset]
        opcode, argument = instruction.opcode, instruction.arg
        if instruction.opname == "RETURN_GENERATOR":
            # The value sent in by the first next() is on the stack when the body begins; 3.11's
            # stack_effect does not count it.
            todo.append((following[offset], 1))
            continue
        if opcode in _JUMPS:
            todo.append((instruction.argval, depth + dis.stack_effect(opcode, argument, jump=True)))
        if instruction.opname not in _NEVER_FALL_THROUGH and offset in following:
            effect = dis.stack_effect(opcode, argument, jump=False)
            todo.append((following[offset], depth + effect))
    return depths


def depth_below_result(code: types.CodeType, offset: int) -> int | None:
    """How many values lie below the result that the instruction at `offset` (a call, a yield, a
    loop's fetch) will push once it has taken its operands; None if it can't be known."""
    depth = stack_depths(code).get(offset)
    if depth is None:
        return None
    opcode = code.co_code[offset]
    argument = _argument(code, offset) if opcode >= dis.HAVE_ARGUMENT else None
    return depth + dis.stack_effect(opcode, argument, jump=False) - 1


def instruction_offset(code: types.CodeType, lasti: int) -> int:
    """The offset of the instruction that `f_lasti` means: 3.11 leaves a caller at the last inline
    cache of its call."""
    while opname_at(code, lasti) == "CACHE":
        lasti -= 2
    return lasti


def opname_at(code: types.CodeType, offset: int) -> str:
    """The name of the instruction at `offset`."""
    return dis.opname[code.co_code[offset]]


def next_opname(code: types.CodeType, offset: int) -> str:
    """The name of the instruction that follows the one at `offset`, inline caches skipped."""
    offset += 2
    while offset < len(code.co_code) and opname_at(code, offset) == "CACHE":
        offset += 2
    return opname_at(code, offset)


def _argument(code: types.CodeType, offset: int) -> int:
    argument = code.co_code[offset + 1]
    shift = 8
    while offset >= 2 and dis.opname[code.co_code[offset - 2]] == "EXTENDED_ARG":
        offset -= 2
        argument |= code.co_code[offset + 1] << shift
        shift += 8
    return argument
