namespace CoreEngine.Conformance;

/// <summary>The content of one file <c>ops/NAME.json</c>.</summary>
/// <param name="Op">The operator's canonical name.</param>
/// <param name="Cases">Its recorded cases.</param>
public sealed record OperatorCases(string Op, IReadOnlyList<OperatorCase> Cases);
