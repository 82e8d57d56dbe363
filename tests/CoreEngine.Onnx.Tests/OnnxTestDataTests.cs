using CoreEngine.Conformance;

namespace CoreEngine.Onnx.Tests;

/// <summary>ONNX's own tests: data that nobody here made.</summary>
[TestClass]
public sealed class OnnxTestDataTests
{
    /// <summary>So many cases of version 1.12 passed when this was written; fewer means that something was lost.</summary>
    private const int PassedAtLeast = 973;

    /// <summary>Cases whose recorded values contradict their model, with the reason.</summary>
    private static readonly Dictionary<string, string> s_contradictory = new()
    {
        ["node/test_adam_multiple"] =
            "the values were computed with epsilon 0.01, but the model does not say so, and 1e-6 is the default",
    };

    private static readonly Lazy<ConformanceReport> s_report = new(() =>
        OnnxCaseRunner.Run(OnnxTestData.Root, filter: null, CancellationToken.None)
    );

    [TestMethod]
    public void NoCaseGivesAnotherResult()
    {
        OnnxTestData.Require();
        ConformanceReport report = s_report.Value;
        Assert.IsEmpty(
            report
                .Failures.Where(failure => !s_contradictory.ContainsKey(failure.Id))
                .Select(failure => $"{failure.Id}: {failure.Reason}")
        );
        Assert.IsGreaterThanOrEqualTo(PassedAtLeast, report.Count(CaseStatus.Passed));
    }

    /// <summary>What cannot be imported is refused by the importer, not found out by a kernel or by accident.</summary>
    [TestMethod]
    public void RefusalsNameANodeOrAValue()
    {
        OnnxTestData.Require();
        foreach (CaseOutcome outcome in s_report.Value.Outcomes.Where(one => one.Status == CaseStatus.Unsupported))
        {
            StringAssert.Matches(
                outcome.Reason,
                new System.Text.RegularExpressions.Regex("^ONNX( node)?:? .*'"),
                outcome.Id
            );
        }
    }

    /// <summary>A converted model survives being saved and loaded: the loaded symbol is the same computation.</summary>
    [TestMethod]
    [DataRow("pytorch-converted/test_Conv2d_groups")]
    [DataRow("pytorch-converted/test_BatchNorm2d_eval")]
    [DataRow("pytorch-converted/test_Linear")]
    [DataRow("pytorch-operator/test_operator_non_float_params")]
    public void ConvertedModelsCanBeSaved(string name)
    {
        OnnxTestData.Require();
        OnnxModel model = OnnxModel.Load(Path.Combine(OnnxTestData.Root, name, "model.onnx"));
        OnnxProgram program = OnnxImporter.Import(model);
        string json = program.Symbol.ToJson();
        var loaded = Symbol.FromJson(json);
        Assert.AreEqual(json, loaded.ToJson());
        CollectionAssert.AreEqual(program.Symbol.ListArguments().ToArray(), loaded.ListArguments().ToArray());
        CollectionAssert.AreEqual(
            program.Symbol.ListAuxiliaryStates().ToArray(),
            loaded.ListAuxiliaryStates().ToArray()
        );
    }
}
