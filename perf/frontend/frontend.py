#!/usr/bin/env python3
"""MXNet's Python frontend on CoreEngine beside PyTorch eager, in one run.

Needs MXNet 1.0.0's Python package on PYTHONPATH, libmxnet.so (a link to libcoreengine.so) on LD_LIBRARY_PATH,
and PyTorch. Both run in this process, turn about, with the same number of threads; the median of each row counts.

    PYTHONPATH=.../mxnet/python LD_LIBRARY_PATH=artifacts/native python3 perf/frontend/frontend.py [--threads N]
"""
import argparse
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--rows", default="", help="only rows whose name contains this")
options = parser.parse_args()
os.environ["COREENGINE_THREADS"] = str(options.threads)
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy as np
import torch
import mxnet as mx
from mxnet import autograd, gluon

torch.set_num_threads(options.threads)
ROWS = []


def row(name):
    """Registers a function that returns two parameterless functions: ours and PyTorch's, each a unit of work."""

    def register(make):
        if options.rows in name:
            ROWS.append((name, make))
        return make

    return register


def tiny(name, shape, ours, theirs, calls=2000):
    @row(name)
    def make():
        a, b = mx.nd.ones(shape), mx.nd.ones(shape)
        x, y = torch.ones(shape), torch.ones(shape)

        def run_ours():
            for _ in range(calls):
                ours(a, b)
            mx.nd.waitall()

        def run_theirs():
            for _ in range(calls):
                theirs(x, y)

        return run_ours, run_theirs, calls


tiny("a + b, 10x10", (10, 10), lambda a, b: a + b, lambda x, y: x + y)
tiny("a * 2, 10x10", (10, 10), lambda a, b: a * 2, lambda x, y: x * 2)
tiny("exp, 10x10", (10, 10), lambda a, b: mx.nd.exp(a), lambda x, y: torch.exp(x))
tiny("dot, 10x10", (10, 10), lambda a, b: mx.nd.dot(a, b), lambda x, y: torch.mm(x, y))
tiny("sum(axis=1), 10x10", (10, 10), lambda a, b: mx.nd.sum(a, axis=1), lambda x, y: torch.sum(x, dim=1))
tiny("reshape, 10x10", (10, 10), lambda a, b: a.reshape((100,)), lambda x, y: x.reshape(100))
tiny("asnumpy, 10x10", (10, 10), lambda a, b: (a + b).asnumpy(), lambda x, y: (x + y).numpy())


@row("record + backward of 4 calls, 10x10")
def gradients():
    w = mx.nd.ones((10, 10))
    w.attach_grad()
    v = torch.ones(10, 10, requires_grad=True)

    def run_ours():
        for _ in range(300):
            with autograd.record():
                y = mx.nd.sum(mx.nd.tanh(w * w) + w)
            y.backward()
        mx.nd.waitall()

    def run_theirs():
        for _ in range(300):
            v.grad = None
            y = torch.sum(torch.tanh(v * v) + v)
            y.backward()

    return run_ours, run_theirs, 300


def lenet_ours():
    net = gluon.nn.HybridSequential()
    with net.name_scope():
        net.add(gluon.nn.Conv2D(20, 5, activation="tanh"), gluon.nn.MaxPool2D(2, 2))
        net.add(gluon.nn.Conv2D(50, 5, activation="tanh"), gluon.nn.MaxPool2D(2, 2))
        net.add(gluon.nn.Flatten(), gluon.nn.Dense(500, activation="tanh"), gluon.nn.Dense(10))
    return net


def lenet_theirs():
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 20, 5), torch.nn.Tanh(), torch.nn.MaxPool2d(2, 2),
        torch.nn.Conv2d(20, 50, 5), torch.nn.Tanh(), torch.nn.MaxPool2d(2, 2),
        torch.nn.Flatten(), torch.nn.Linear(800, 500), torch.nn.Tanh(), torch.nn.Linear(500, 10),
    )


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = torch.nn.Sequential(
            torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), torch.nn.BatchNorm2d(outputs), torch.nn.ReLU(),
            torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(outputs),
        )
        self.short = None
        if stride != 1 or inputs != outputs:
            self.short = torch.nn.Sequential(
                torch.nn.Conv2d(inputs, outputs, 1, stride, bias=False), torch.nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        return torch.relu(self.body(x) + (x if self.short is None else self.short(x)))


def resnet_theirs():
    layers = [torch.nn.Conv2d(3, 64, 7, 2, 3, bias=False), torch.nn.BatchNorm2d(64), torch.nn.ReLU()]
    layers.append(torch.nn.MaxPool2d(3, 2, 1))
    inputs = 64
    for outputs, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        layers.append(Block(inputs, outputs, stride))
        inputs = outputs
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(512, 1000))


def training(name, ours, theirs, shape, classes, steps, hybridize):
    @row(name)
    def make():
        net = ours()
        net.initialize(mx.init.Xavier())
        if hybridize:
            net.hybridize()
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01, "momentum": 0.9})
        loss = gluon.loss.SoftmaxCrossEntropyLoss()
        data = np.random.rand(*shape).astype("float32")
        label = np.random.randint(0, classes, shape[0])
        x, t = mx.nd.array(data), mx.nd.array(label)
        other = theirs()
        optimizer = torch.optim.SGD(other.parameters(), lr=0.01, momentum=0.9)
        criterion = torch.nn.CrossEntropyLoss()
        u, s = torch.from_numpy(data), torch.from_numpy(label)

        def run_ours():
            for _ in range(steps):
                with autograd.record():
                    l = loss(net(x), t)
                l.backward()
                trainer.step(shape[0])
            mx.nd.waitall()

        def run_theirs():
            for _ in range(steps):
                optimizer.zero_grad()
                criterion(other(u), s).backward()
                optimizer.step()

        return run_ours, run_theirs, steps


training("LeNet training, batch 64, imperative", lenet_ours, lenet_theirs, (64, 1, 28, 28), 10, 5, False)
training("LeNet training, batch 64, hybridized", lenet_ours, lenet_theirs, (64, 1, 28, 28), 10, 5, True)
training(
    "ResNet-18 training, 4x3x112x112, hybridized",
    lambda: gluon.model_zoo.vision.resnet18_v1(), resnet_theirs, (4, 3, 112, 112), 1000, 1, True,
)


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


print(f"{'row':<46}{'ours':>12}{'PyTorch':>12}{'ratio':>8}   ({options.threads} threads, PyTorch {torch.__version__})")
for name, make in ROWS:
    ours, theirs, units = make()
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(options.rounds)]
    mine = statistics.median(pair[0] for pair in pairs) / units
    other = statistics.median(pair[1] for pair in pairs) / units
    print(f"{name:<46}{mine * 1e6:>10.1f}us{other * 1e6:>10.1f}us{other / mine:>8.2f}", flush=True)
