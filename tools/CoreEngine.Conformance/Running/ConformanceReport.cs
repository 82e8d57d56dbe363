namespace CoreEngine.Conformance;

/// <summary>The outcomes of a run, and their sums.</summary>
public sealed class ConformanceReport
{
    private readonly List<CaseOutcome> _outcomes = [];

    /// <summary>One line of the table.</summary>
    public sealed record Row(string Group, int Passed, int Failed, int Unsupported, double LargestError);

    /// <summary>Every case in the order in which it ran.</summary>
    public IReadOnlyList<CaseOutcome> Outcomes => _outcomes;

    /// <summary>The cases that failed.</summary>
    public IEnumerable<CaseOutcome> Failures => _outcomes.Where(outcome => outcome.Status == CaseStatus.Failed);

    /// <summary>Number of cases with a status.</summary>
    public int Count(CaseStatus status) => _outcomes.Count(outcome => outcome.Status == status);

    /// <summary>The sums per group, in the order in which the groups ran.</summary>
    public IReadOnlyList<Row> Rows() =>
        [
            .. _outcomes
                .GroupBy(outcome => outcome.Group)
                .Select(group => new Row(
                    group.Key,
                    group.Count(outcome => outcome.Status == CaseStatus.Passed),
                    group.Count(outcome => outcome.Status == CaseStatus.Failed),
                    group.Count(outcome => outcome.Status == CaseStatus.Unsupported),
                    group.Max(outcome => outcome.LargestError)
                )),
        ];

    /// <summary>The line that ends a run.</summary>
    public string Summary =>
        $"{Count(CaseStatus.Passed)} passed, {Count(CaseStatus.Failed)} failed, {Count(CaseStatus.Unsupported)} skipped";

    internal void Add(CaseOutcome outcome) => _outcomes.Add(outcome);
}
