using CoreEngine.Conformance;
using CoreEngine.Tests;

namespace CoreEngine.Operators.Tests;

/// <summary>Every recorded result of the original for every operator that is there.</summary>
[TestClass]
public sealed class GoldenCaseTests
{
    private static readonly GoldenFolder s_folder = new(Checkout.GoldenData);
    private static readonly ConformanceRunner s_runner = new(s_folder, new EngineCaseExecutor());

    public static IEnumerable<string> Operators =>
        s_folder.OperatorNames.Where(name => OperatorRegistry.Default.TryGet(name, out _));

    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void RecordedCasesAgree(string op)
    {
        CaseOutcome[] outcomes = [.. s_folder.ReadOperator(op).Cases.Select(recorded => s_runner.Run(op, recorded))];
        IEnumerable<string> wrong = outcomes
            .Where(outcome => outcome.Status == CaseStatus.Failed)
            .Select(outcome => $"{outcome.Id}: {outcome.Reason}");
        Assert.AreEqual("", string.Join('\n', wrong));
        Assert.IsTrue(outcomes.Any(outcome => outcome.Status == CaseStatus.Passed), "no case could be run");
    }

    [TestMethod]
    [DataRow("(refused calls)")]
    [DataRow("(accepted odd calls)")]
    public void InvalidCallsAreRefusedAndOddOnesAreNot(string group)
    {
        IEnumerable<string> wrong = s_runner.Run(group).Failures.Select(outcome => $"{outcome.Id}: {outcome.Reason}");
        Assert.AreEqual("", string.Join('\n', wrong));
    }

    [TestMethod]
    public void RecordedInferencesAgree()
    {
        ConformanceReport report = s_runner.Run("(inference)");
        Assert.AreEqual("", string.Join('\n', report.Failures.Select(outcome => $"{outcome.Id}: {outcome.Reason}")));
        Assert.AreEqual(63, report.Count(CaseStatus.Passed));
    }

    [TestMethod]
    public void AliasesLeadToTheSameOperator()
    {
        foreach ((string alias, string name) in s_folder.ReadAliases())
        {
            if (OperatorRegistry.Default.TryGet(name, out OperatorDef? definition))
            {
                Assert.IsTrue(OperatorRegistry.Default.TryGet(alias, out OperatorDef? same), $"{alias} is missing");
                Assert.AreSame(definition, same, alias);
            }
        }
    }
}
