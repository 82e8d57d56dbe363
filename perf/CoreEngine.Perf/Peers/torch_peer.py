"""PyTorch as a peer: runs cases that come over standard input, one JSON object a line, and answers each with one line.

prepare  case, setup, body, gradients, arrays   -> ok         compiles a case; see TorchPeer.cs
run      case, threads, repeats                 -> seconds    runs the body so many times
read     case, expression                       -> shape, data  a tensor of the case (float32, base64)
drop     case                                   -> ok         forgets a case and its tensors
Any error is answered by {"error": "..."}; the process ends with its input.
"""

import base64
import contextlib
import ctypes
import gc
import json
import os
import sys
import textwrap
import time

# Whatever a library prints must not stand between the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch  # noqa: E402

cases = {}


def find_blas():
    """OpenBLAS, when it is what PyTorch multiplies with: it may have threads of its own, which PyTorch does not count."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "libopenblas" in line}
    except OSError:
        return []
    return [ctypes.CDLL(path) for path in paths]


blas = find_blas()


def set_threads(count):
    torch.set_num_threads(count)
    for library in blas:
        library.openblas_set_num_threads(count)


def modes(gradients):
    return contextlib.nullcontext() if gradients else torch.inference_mode()


def prepare(message):
    scope = {"torch": torch, "F": torch.nn.functional, "nn": torch.nn}
    torch.manual_seed(0)
    set_threads(message["threads"])
    with modes(message["gradients"]):
        for name, array in message["arrays"].items():
            data = torch.frombuffer(bytearray(base64.b64decode(array["data"])), dtype=torch.float32)
            scope[name] = data.reshape(array["shape"])
        exec(message["setup"], scope)
    # The loop is part of the compiled text: a call for each repeat would be seen beside one small operator.
    body = textwrap.indent(textwrap.dedent(message["body"]), " " * 8)
    exec("def run(repeats):\n    for _ in range(repeats):\n" + body + "\n", scope)
    cases[message["case"]] = (scope, message["gradients"])
    return {"ok": True}


def run(message):
    scope, gradients = cases[message["case"]]
    set_threads(message["threads"])
    body = scope["run"]
    with modes(gradients):
        start = time.perf_counter()
        body(message["repeats"])
        return {"seconds": time.perf_counter() - start}


def read(message):
    scope, gradients = cases[message["case"]]
    with modes(gradients):
        value = torch.as_tensor(eval(message["expression"], scope)).detach().to(torch.float32).contiguous()
    # Not .numpy(): PyTorch may lack NumPy, or have one that it was not built for.
    data = bytearray(4 * value.numel())
    if value.numel() > 0:
        torch.frombuffer(data, dtype=torch.float32).copy_(value.flatten())
    return {"shape": list(value.shape), "data": base64.b64encode(data).decode()}


def drop(message):
    del cases[message["case"]]
    gc.collect()
    return {"ok": True}


def answer(fields):
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


# A collection in the middle of a measurement is no work of the peer's.
gc.disable()
answer({"version": torch.__version__})
commands = {"prepare": prepare, "run": run, "read": read, "drop": drop}
for line in sys.stdin:
    message = json.loads(line)
    try:
        answer(commands[message["command"]](message))
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
