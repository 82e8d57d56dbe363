namespace CoreEngine.Conformance;

/// <summary>The content of <c>errors.json</c>.</summary>
/// <param name="Raises">Calls that must be refused.</param>
/// <param name="Accepted">Odd calls that must go through, with the shapes and types that come out.</param>
public sealed record ErrorCases(IReadOnlyList<ErrorCase> Raises, IReadOnlyList<ErrorCase> Accepted);

/// <summary>One call of <see cref="ErrorCases"/>.</summary>
/// <param name="Op">The operator, possibly by an alias.</param>
/// <param name="Attrs">The attributes as text.</param>
/// <param name="Mode"><c>symbolic</c> or <c>imperative</c>.</param>
/// <param name="Inputs">Inputs without data; an unknown shape was left to inference.</param>
/// <param name="Phase">Where the original refuses: <c>create</c>, <c>infer</c>, <c>bind</c> or <c>run</c>.</param>
/// <param name="Outputs">Shapes and types of the outputs of an accepted call.</param>
public sealed record ErrorCase(
    string Op,
    IReadOnlyDictionary<string, string> Attrs,
    string Mode,
    IReadOnlyList<GoldenArray> Inputs,
    string? Phase = null,
    IReadOnlyList<GoldenArray>? Outputs = null
);
