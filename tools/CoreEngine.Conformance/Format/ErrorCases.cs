namespace CoreEngine.Conformance;

/// <summary>The content of <c>errors.json</c>.</summary>
/// <param name="Raises">Calls that must be refused.</param>
/// <param name="Accepted">Odd calls that must go through, with the shapes and types that come out.</param>
public sealed record ErrorCases(IReadOnlyList<ErrorCase> Raises, IReadOnlyList<ErrorCase> Accepted);
