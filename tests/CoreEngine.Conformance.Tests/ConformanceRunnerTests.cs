namespace CoreEngine.Conformance.Tests;

[TestClass]
public sealed class ConformanceRunnerTests
{
    /// <summary>An engine that returns what was recorded, changed by a hook.</summary>
    private sealed class Recording(Func<OperatorCase, CaseResult, CaseResult> change, Func<string, bool> has)
        : ICaseExecutor
    {
        public bool Has(string op) => has(op);

        public CaseResult Execute(string op, OperatorCase recorded)
        {
            return change(
                recorded,
                new CaseResult
                {
                    Outputs = Dense(recorded.Outputs),
                    Grads = Named(recorded.Grads),
                    AuxAfterForward = Dense(recorded.AuxAfterForward),
                    AuxAfter = Dense(recorded.AuxAfter),
                    InputsAfter = Named(recorded.InputsAfter),
                }
            );
        }

        public CaseResult Execute(ErrorCase call) => throw new EngineException("refused");

        public IReadOnlyList<GoldenArray> ReadArrays(byte[] content, string name) =>
            Golden.Folder.ReadArrayFiles()[Path.GetFileName(name)].Items;

        private static DenseArray[] Dense(IReadOnlyList<GoldenArray>? arrays) =>
            [.. (arrays ?? []).Select(array => array.ToDense())];

        private static Dictionary<string, DenseArray> Named(IReadOnlyList<GoldenArray>? arrays) =>
            (arrays ?? []).ToDictionary(array => array.Name, array => array.ToDense());
    }

    [TestMethod]
    public void WhatWasRecordedPasses()
    {
        ConformanceReport report = Run((_, result) => result, "softmax");
        Assert.AreEqual(0, report.Count(CaseStatus.Failed), report.Failures.FirstOrDefault()?.Reason);
        Assert.IsGreaterThan(30, report.Count(CaseStatus.Passed));
        Assert.Contains(row => row.Group == "log_softmax" && row.LargestError == 0, report.Rows());
    }

    [TestMethod]
    public void AnythingThatDiffersFails()
    {
        AllFail((_, result) => result with { Outputs = [.. result.Outputs.Select(Spoiled)] });
        AllFail((_, result) => result with { Grads = result.Grads.ToDictionary(g => g.Key, g => Spoiled(g.Value)) });
        AllFail((_, result) => result with { Grads = new Dictionary<string, DenseArray>() });
        AllFail((_, result) => result with { AuxAfter = [.. result.AuxAfter.Select(Spoiled)] });
        AllFail((_, result) => result with { AuxAfterForward = [.. result.AuxAfterForward.Select(Spoiled)] });
        AllFail(
            (_, result) =>
                result with
                {
                    InputsAfter = result.InputsAfter.ToDictionary(g => g.Key, g => Spoiled(g.Value)),
                }
        );
        AllFail((_, _) => throw new InvalidOperationException("a bug"));
        AllFail((_, _) => throw new EngineException("not today"));
    }

    [TestMethod]
    public void AMissingOperatorOrFeatureIsSkipped()
    {
        ConformanceReport missing = Run((_, result) => result, "BatchNorm/0", has: _ => false);
        ConformanceReport feature = Run((_, _) => throw new UnsupportedCaseException("no csr"), "BatchNorm/0");
        Assert.AreEqual("0 passed, 0 failed, 1 skipped", missing.Summary);
        Assert.AreEqual("0 passed, 0 failed, 1 skipped", feature.Summary);
    }

    [TestMethod]
    public void RecordedOptimizersAndSchedulesAreFollowed()
    {
        var runner = new ConformanceRunner(Golden.Folder, new EngineCaseExecutor());
        Assert.AreEqual("18 passed, 0 failed, 0 skipped", runner.Run("(optimizers)").Summary);
        Assert.IsTrue(
            new ConformanceRunner(Golden.Folder, new WrongOptimizer())
                .Run("(optimizers)")
                .Outcomes.All(o => o.Status == CaseStatus.Failed)
        );
        Assert.AreEqual("0 passed, 0 failed, 18 skipped", Run((_, result) => result, "(optimizers)").Summary);
    }

    /// <summary>Never updates a weight, never changes a rate.</summary>
    private sealed class WrongOptimizer : ICaseExecutor
    {
        public bool Has(string op) => true;

        public CaseResult Execute(string op, OperatorCase recorded) => new();

        public CaseResult Execute(ErrorCase call) => new();

        public IReadOnlyList<GoldenArray> ReadArrays(byte[] content, string name) => [];

        public IReadOnlyList<DenseArray> Optimize(
            string description,
            GoldenArray weight,
            IReadOnlyList<GoldenArray> gradients
        ) => [.. gradients.Select(_ => weight.ToDense())];

        public IReadOnlyList<double> LearningRates(string description, int updates) =>
            [.. Enumerable.Repeat(0.2, updates)];
    }

    [TestMethod]
    public void RefusedCallsMustBeRefusedWithATypedError()
    {
        Assert.AreEqual(0, Run((_, result) => result, "(refused calls)").Count(CaseStatus.Failed));
        var lenient = new ConformanceRunner(Golden.Folder, new Lenient());
        ConformanceReport report = lenient.Run("(refused calls)");
        // Of the calls that the original refuses, one tells what it lacks: _square_sum of a dense array.
        Assert.AreEqual(1, report.Count(CaseStatus.Passed));
        // A limitation of the original may well succeed elsewhere.
        Assert.AreEqual(CaseStatus.Passed, lenient.Run("Convolution/13").Outcomes[0].Status);
        Assert.AreEqual(CaseStatus.Failed, lenient.Run("Concat/8").Outcomes[0].Status);
    }

    [TestMethod]
    public void DefectsOfTheOriginalMayBeReproducedOrCorrectedButNothingElse()
    {
        foreach (string id in OriginalDefects.Ids)
        {
            Assert.AreEqual(CaseStatus.Passed, StatusOf(id, (_, result) => result));
            Assert.AreEqual(CaseStatus.Passed, StatusOf(id, (one, result) => Corrected(one, result)));
            Assert.AreEqual(CaseStatus.Failed, StatusOf(id, (_, result) => result with { Outputs = [] }));
        }
    }

    private static CaseStatus StatusOf(string id, Func<OperatorCase, CaseResult, CaseResult> change) =>
        Run(change, id).Outcomes.Single(outcome => outcome.Id == id).Status;

    /// <summary>The right result of the cases that have one; others, which the filter also lets through, stay.</summary>
    private static CaseResult Corrected(OperatorCase one, CaseResult result) =>
        OriginalDefects.Correct(one) is { } right
            ? result with
            {
                Outputs = [.. right.Outputs.Select(output => output.ToDense())],
                Grads = (right.Grads ?? []).ToDictionary(gradient => gradient.Name, gradient => gradient.ToDense()),
            }
            : result;

    [TestMethod]
    public void SavedArraysAreComparedWithWhatTheyHold()
    {
        Assert.AreEqual("9 passed, 0 failed, 0 skipped", Run((_, result) => result, "(saved arrays)").Summary);
        // Only the file without arrays agrees with an engine that finds none.
        ConformanceReport none = new ConformanceRunner(Golden.Folder, new Lenient()).Run("(saved arrays)");
        Assert.AreEqual("1 passed, 8 failed, 0 skipped", none.Summary);
        // The engine's own reader.
        var engine = new ConformanceRunner(Golden.Folder, new EngineCaseExecutor());
        Assert.AreEqual("9 passed, 0 failed, 0 skipped", engine.Run("(saved arrays)").Summary);
    }

    [TestMethod]
    public void RecordingsOfMissingPartsAreCountedAsSkipped() =>
        Assert.AreEqual("0 passed, 0 failed, 4 skipped", Run((_, result) => result, "(other recordings)").Summary);

    [TestMethod]
    public void AFilterThatFitsNothingIsAnError() =>
        Assert.Contains(
            "no_such_operator",
            Assert.ThrowsExactly<GoldenDataException>(() => Run((_, result) => result, "no_such_operator")).Message
        );

    private sealed class Lenient : ICaseExecutor
    {
        public bool Has(string op) => true;

        public CaseResult Execute(string op, OperatorCase recorded) => new();

        public CaseResult Execute(ErrorCase call) => new();

        public IReadOnlyList<GoldenArray> ReadArrays(byte[] content, string name) => [];
    }

    private static void AllFail(Func<OperatorCase, CaseResult, CaseResult> change)
    {
        ConformanceReport report = Run(change, "BatchNorm/0");
        Assert.AreEqual("0 passed, 1 failed, 0 skipped", report.Summary);
        Assert.IsNotNull(report.Outcomes[0].Reason);
    }

    private static ConformanceReport Run(
        Func<OperatorCase, CaseResult, CaseResult> change,
        string filter,
        Func<string, bool>? has = null
    ) => new ConformanceRunner(Golden.Folder, new Recording(change, has ?? (_ => true))).Run(filter);

    private static DenseArray Spoiled(DenseArray array)
    {
        float[] values = array.As<float>().ToArray();
        values[^1] += 1;
        return array with { Data = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray() };
    }
}
