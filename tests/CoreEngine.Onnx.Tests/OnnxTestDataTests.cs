using CoreEngine.Conformance;

namespace CoreEngine.Onnx.Tests;

/// <summary>ONNX's own tests: data that nobody here made.</summary>
[TestClass]
public sealed class OnnxTestDataTests
{
    /// <summary>So many cases passed when this was written; fewer means that something was lost.</summary>
    private const int PassedAtLeast = 934;

    [TestMethod]
    public void NoCaseGivesAnotherResult()
    {
        OnnxTestData.Require();
        ConformanceReport report = OnnxCaseRunner.Run(OnnxTestData.Root, filter: null, CancellationToken.None);
        Assert.IsEmpty(report.Failures.Select(failure => $"{failure.Id}: {failure.Reason}"));
        Assert.IsGreaterThanOrEqualTo(PassedAtLeast, report.Count(CaseStatus.Passed));
    }
}
