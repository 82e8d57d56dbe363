namespace CoreEngine.Conformance;

/// <summary>One case and how it ended.</summary>
/// <param name="Group">The row of the report it belongs to: an operator's name or a family of files.</param>
/// <param name="Id">The case.</param>
/// <param name="Status">How it ended.</param>
/// <param name="LargestError">The largest relative error of any value; see <see cref="Comparison.LargestError"/>.</param>
/// <param name="Reason">Why it failed or is unsupported; null when it passed.</param>
public sealed record CaseOutcome(string Group, string Id, CaseStatus Status, double LargestError, string? Reason);
