"""Loops written for numba become a shared library: compiled to object code, linked, put in place whole."""

from __future__ import annotations

import importlib
import os
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path

import llvmlite.binding as llvm
from numba import carray, cfunc, types

from mingyue.printing.kernels.compiled import ENTRIES, Entry

# What numba's object code names for errors and memory. The loops neither raise nor allocate, so nobody calls these.
_NEVER_CALLED = (
    "NRT_Free",
    "NRT_MemInfo_call_dtor",
    "numba_do_raise",
    "numba_gil_ensure",
    "numba_gil_release",
    "numba_runtime_build_excinfo_struct",
    "numba_unpickle",
)
_STUBS = "#include <stdlib.h>\n" + "".join(f"void {name}(void) {{ abort(); }}\n" for name in _NEVER_CALLED)
_SCALARS = {
    "f8": types.float64,
    "f4": types.float32,
    "i8": types.int64,
    "i4": types.int32,
    "i1": types.int8,
    "u2": types.uint16,
    "u1": types.uint8,
}


def under_numba() -> dict[str, Entry]:
    """The same loops without a library: numba compiles each when it is first called."""
    return {name: getattr(_module(name), name) for name in ENTRIES}


def link(path: Path) -> bool:
    """Make the library at `path`. False where there is no C compiler, or it cannot link what numba makes."""
    compiler = _compiler()
    if compiler is None:
        return False
    target = _target()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            objects = []
            for name in ENTRIES:
                made = Path(folder) / f"{name}.o"
                made.write_bytes(target.emit_object(_llvm_module(name)))
                objects.append(str(made))
            library = Path(folder) / path.name
            stubs = Path(folder) / "stubs.c"
            stubs.write_text(_STUBS, encoding="ascii")
            command = [*compiler, "-shared", "-fPIC", "-o", str(library), *objects, str(stubs), "-lm"]
            subprocess.run(command, check=True, capture_output=True)
            library.replace(path)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _compiler() -> list[str] | None:
    command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    for candidate in (command, ["cc"], ["gcc"], ["clang"]):
        if candidate and shutil.which(candidate[0]):
            return candidate[:1]
    return None


def _target() -> llvm.TargetMachine:
    """This processor, with all it can, but as code that may lie anywhere, as a library must."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
        codemodel="default",
    )


def _llvm_module(name: str) -> llvm.ModuleRef:
    """One entry as a C function `mingyue_NAME`, with all that it calls."""
    kinds = ENTRIES[name][1]
    signature = types.int64(*[kind for text in kinds for kind in _c_types(text)])
    compiled = cfunc(signature, nopython=True)(_wrapper(name, kinds))
    library = compiled._library  # no public way leads from numba to object code since its AOT compiler was dropped
    module = llvm.parse_assembly(str(library._final_module))
    module.get_function(compiled._wrapper_name).name = f"mingyue_{name}"
    return module


def _c_types(text: str) -> list[types.Type]:
    scalar = _SCALARS[text.partition("[")[0]]
    rank = text.count(":")
    return [types.CPointer(scalar), *[types.int64] * rank] if rank else [scalar]


def _wrapper(name: str, kinds: tuple[str, ...]) -> Entry:
    """A function that takes pointers and shapes, and calls the loop with arrays."""
    parameters, arguments = [], []
    for place, text in enumerate(kinds):
        sides = [f"n{place}_{axis}" for axis in range(text.count(":"))]
        parameters += [f"p{place}", *sides]
        arguments.append(f"carray(p{place}, ({', '.join(sides)},))" if sides else f"p{place}")
    code = f"def wrapper({', '.join(parameters)}):\n    return loop({', '.join(arguments)})\n"
    scope: dict[str, object] = {"carray": carray, "loop": getattr(_module(name), name)}
    exec(code, scope)  # the text is made of ENTRIES above, of nothing from outside
    return scope["wrapper"]  # type: ignore[return-value]


def _module(name: str) -> object:
    return importlib.import_module(f"mingyue.printing.kernels.loops.{ENTRIES[name][0]}")
