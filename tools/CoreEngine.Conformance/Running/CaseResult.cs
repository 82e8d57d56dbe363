namespace CoreEngine.Conformance;

/// <summary>What an engine produced for one case; mirrors the recorded fields.</summary>
public sealed record CaseResult
{
    /// <summary>The visible outputs.</summary>
    public IReadOnlyList<DenseArray> Outputs { get; init; } = [];

    /// <summary>Gradients by input name; filled when the case has head gradients.</summary>
    public IReadOnlyDictionary<string, DenseArray> Grads { get; init; } = new Dictionary<string, DenseArray>();

    /// <summary>Auxiliary states after forward.</summary>
    public IReadOnlyList<DenseArray> AuxAfterForward { get; init; } = [];

    /// <summary>Auxiliary states at the end.</summary>
    public IReadOnlyList<DenseArray> AuxAfter { get; init; } = [];

    /// <summary>Every input after the call, by name.</summary>
    public IReadOnlyDictionary<string, DenseArray> InputsAfter { get; init; } = new Dictionary<string, DenseArray>();
}
