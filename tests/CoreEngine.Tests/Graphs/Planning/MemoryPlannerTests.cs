using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;
using CsCheck;

namespace CoreEngine.Tests.Graphs.Planning;

[TestClass]
public sealed class MemoryPlannerTests
{
    [TestMethod]
    public void EveryStepFindsItsInputsWhateverIsShared()
    {
        foreach (
            MemorySharing sharing in (MemorySharing[])
                [
                    MemorySharing.None,
                    MemorySharing.Reuse,
                    MemorySharing.Inplace,
                    MemorySharing.Sums,
                    MemorySharing.Reuse | MemorySharing.Inplace,
                    MemorySharing.Reuse | MemorySharing.Sums,
                    MemorySharing.All,
                ]
        )
        {
            RandomSteps.Generator.Sample(
                what =>
                {
                    MemoryPlan plan = MemoryPlanner.Plan(what.Steps, what.Entries, sharing);
                    var memory = new SimulatedMemory(what, plan);
                    for (int step = 0; step < what.Steps.Length; step++)
                    {
                        memory.Run(step);
                    }

                    memory.CheckResults();
                    Assert.IsLessThanOrEqualTo(plan.UnplannedBytes, plan.PlannedBytes);
                    Assert.IsLessThanOrEqualTo(plan.PlannedBytes, plan.LiveBytes);
                },
                iter: 1000
            );
        }
    }

    [TestMethod]
    public void SegmentsMayRunInAnyOrderThatTheirDependenciesAllow()
    {
        Gen.Select(RandomSteps.Generator, Gen.Int[1, 6], Gen.Int[0, int.MaxValue])
            .Sample(
                (what, mostSteps, seed) =>
                {
                    MemoryPlan plan = MemoryPlanner.Plan(what.Steps, what.Entries);
                    Segment[] segments = Bulking.Cut(what.Steps, what.Entries, plan, what.Devices, mostSteps);
                    var memory = new SimulatedMemory(what, plan);
                    var random = new Random(seed);
                    List<int> waiting = [.. Enumerable.Range(0, segments.Length)];
                    while (waiting.Count > 0)
                    {
                        int[] ready = [.. waiting.Where(i => !segments[i].Dependencies.Any(waiting.Contains))];
                        int next = ready[random.Next(ready.Length)];
                        waiting.Remove(next);
                        Segment segment = segments[next];
                        Assert.IsLessThanOrEqualTo(mostSteps, segment.StepCount);
                        for (int step = segment.FirstStep; step < segment.FirstStep + segment.StepCount; step++)
                        {
                            Assert.AreEqual(what.Devices[step], segment.Device);
                            memory.Run(step);
                        }
                    }

                    memory.CheckResults();
                },
                iter: 3000
            );
    }

    [TestMethod]
    public void AChainTakesTwoPlacesAndWhenInPlaceOne()
    {
        MemoryStep[] steps =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i => new MemoryStep
                {
                    Inputs = [i],
                    Outputs = [i + 1],
                    Inplace = [(0, 0)],
                }),
        ];
        EntryMemory[] entries =
        [
            new(1024, EntryUse.External),
            .. Enumerable.Repeat(new EntryMemory(1024), 9),
            new(1024, EntryUse.External),
        ];
        Assert.AreEqual(9 * 1024, MemoryPlanner.Plan(steps, entries, MemorySharing.None).PlannedBytes);
        Assert.AreEqual(2 * 1024, MemoryPlanner.Plan(steps, entries, MemorySharing.Reuse).PlannedBytes);
        MemoryPlan plan = MemoryPlanner.Plan(steps, entries);
        Assert.AreEqual(1024, plan.PlannedBytes);
        Assert.AreEqual(Request.Write, plan.Requests(0)[0]);
        Assert.AreEqual(Request.WriteInplace, plan.Requests(1)[0]);
        // An array of the caller's is never taken for something else.
        Assert.AreEqual(Request.Write, plan.Requests(9)[0]);
        Assert.AreEqual(new Placement(PlacementKind.External, 10), plan.Placements[10]);
    }

    [TestMethod]
    public void AnInputThatIsReadTwiceIsTakenOnlyWhenBothReadsAllowIt()
    {
        EntryMemory[] entries = [new(64, EntryUse.External), new(64), new(64, EntryUse.Kept)];
        MemoryStep first = new() { Inputs = [0], Outputs = [1] };
        MemoryStep once = new()
        {
            Inputs = [1, 1],
            Outputs = [2],
            Inplace = [(0, 0)],
        };
        MemoryStep twice = new()
        {
            Inputs = [1, 1],
            Outputs = [2],
            Inplace = [(0, 0), (1, 0)],
        };
        Assert.AreEqual(128, MemoryPlanner.Plan([first, once], entries).PlannedBytes);
        Assert.AreEqual(64, MemoryPlanner.Plan([first, twice], entries).PlannedBytes);
    }

    [TestMethod]
    public void TheGradientOfAResidualConnectionCarriesTheSum()
    {
        // 1 flows into a branch (2) and, past it, into the sum 3; the branch's gradient is added to it.
        EntryMemory[] entries =
        [
            new(64, EntryUse.External),
            new(64),
            new(64),
            new(64),
            new(64),
            new(64, EntryUse.External),
        ];
        MemoryStep[] steps =
        [
            new() { Inputs = [0], Outputs = [1] },
            new() { Inputs = [1], Outputs = [2] },
            new() { Inputs = [2], Outputs = [3] },
            new()
            {
                Inputs = [1, 3],
                Outputs = [4],
                Inplace = [(0, 0)],
                IsSum = true,
            },
            new() { Inputs = [4], Outputs = [5] },
        ];
        MemoryPlan plan = MemoryPlanner.Plan(steps, entries);
        Assert.IsFalse(plan.IsRun(3));
        Assert.AreEqual(Request.Add, plan.Requests(2)[0]);
        Assert.AreEqual(plan.Placements[1], plan.Placements[4]);
        Assert.AreEqual(plan.Placements[1], plan.Placements[3]);
        Assert.AreEqual(128, plan.PlannedBytes);
    }

    [TestMethod]
    public void ASumGrowsInTheCallersArray()
    {
        EntryMemory[] Entries(EntryUse use) => [new(64, EntryUse.External), new(64), new(64), new(64, use)];
        MemoryStep[] steps =
        [
            new() { Inputs = [0], Outputs = [1] },
            new() { Inputs = [0], Outputs = [2] },
            new()
            {
                Inputs = [1, 2],
                Outputs = [3],
                IsSum = true,
            },
        ];
        MemoryPlan written = MemoryPlanner.Plan(steps, Entries(EntryUse.External));
        Assert.AreEqual(0, written.PlannedBytes);
        Assert.AreEqual(Request.Write, written.Requests(0)[0]);
        Assert.AreEqual(Request.Add, written.Requests(1)[0]);
        Assert.AreEqual(new Placement(PlacementKind.External, 3), written.Placements[1]);
        MemoryPlan added = MemoryPlanner.Plan(steps, Entries(EntryUse.ExternalSum));
        Assert.AreEqual(Request.Add, added.Requests(0)[0]);
        MemoryPlan apart = MemoryPlanner.Plan(steps, Entries(EntryUse.External), MemorySharing.Reuse);
        Assert.IsTrue(apart.IsRun(2));
        Assert.AreEqual(128, apart.PlannedBytes);
    }

    [TestMethod]
    public void WhatNobodyReadsHasNoPlace()
    {
        EntryMemory[] entries = [new(64, EntryUse.External), new(64), new(64, EntryUse.External)];
        MemoryStep[] steps = [new() { Inputs = [0], Outputs = [1, 2] }];
        MemoryPlan plan = MemoryPlanner.Plan(steps, entries);
        Assert.AreEqual(0, plan.PlannedBytes);
        Assert.AreEqual(Request.Null, plan.Requests(0)[0]);
        Assert.AreEqual(PlacementKind.None, plan.Placements[1].Kind);
    }

    [TestMethod]
    public void StepsThatDoNotFitTogetherAreRefused()
    {
        EntryMemory[] entries = [new(64, EntryUse.External), new(64), new(64)];
        MemoryStep reads = new() { Inputs = [1], Outputs = [2] };
        MemoryStep writes = new() { Inputs = [0], Outputs = [1] };
        Assert.ThrowsExactly<ArgumentException>(() => MemoryPlanner.Plan([reads, writes], entries));
        Assert.ThrowsExactly<ArgumentException>(() => MemoryPlanner.Plan([writes, writes], entries));
        Assert.ThrowsExactly<ArgumentException>(() => MemoryPlanner.Plan([reads], entries));
    }

    [TestMethod]
    public void ManyStepsAreTightlyPacked()
    {
        // A network with skips of random length: the packing comes close to what is needed at one time.
        var random = new Random(5);
        EntryMemory[] entries =
        [
            new(64, EntryUse.External),
            .. Enumerable.Range(0, 3000).Select(_ => new EntryMemory(64 * random.Next(1, 5000))),
        ];
        MemoryStep[] steps =
        [
            .. Enumerable
                .Range(0, 3000)
                .Select(i => new MemoryStep { Inputs = [i, Math.Max(0, i - random.Next(60))], Outputs = [i + 1] }),
        ];
        MemoryPlan plan = MemoryPlanner.Plan(steps, entries);
        Assert.IsLessThan(1.2 * plan.LiveBytes, plan.PlannedBytes);
        Assert.IsLessThan(0.1 * plan.UnplannedBytes, plan.PlannedBytes);
    }

    [TestMethod]
    public void TheSameStepsAlwaysGetTheSamePlaces() =>
        RandomSteps.Generator.Sample(
            what =>
                CollectionAssert.AreEqual(
                    MemoryPlanner.Plan(what.Steps, what.Entries).Placements.ToArray(),
                    MemoryPlanner.Plan(what.Steps, what.Entries).Placements.ToArray()
                ),
            iter: 100
        );
}
