using System.Text.Json.Serialization;

namespace CoreEngine.Conformance;

/// <summary>How the original was called when a case was recorded.</summary>
public enum CaseMode
{
    /// <summary>One node, bound with its inputs; forward, and backward when there are head gradients.</summary>
    Symbol,

    /// <summary>A direct call on arrays.</summary>
    Imperative,

    /// <summary>A direct call whose results are random: only statistics are recorded.</summary>
    Random,

    /// <summary>A call that the original refuses.</summary>
    Error,
}

/// <summary>One recorded call of an operator with its results.</summary>
/// <remarks>
/// Defaults stand in the getters: the JSON source generator sets every init-only property, absent ones to default.
/// </remarks>
public sealed record OperatorCase
{
    /// <summary>The name of the case, for example <c>softmax/3</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The attributes as text, exactly as they were handed over.</summary>
    public required IReadOnlyDictionary<string, string> Attrs { get; init; }

    /// <summary>True when the call ran in training mode.</summary>
    public bool IsTrain { get; init; }

    /// <summary>The file's word for <see cref="Mode"/>; absent means symbol mode.</summary>
    [JsonPropertyName("mode")]
    public string? ModeName { get; init; }

    /// <summary>How the original was called.</summary>
    [JsonIgnore]
    public CaseMode Mode =>
        ModeName switch
        {
            null => CaseMode.Symbol,
            "imperative" => CaseMode.Imperative,
            "random" => CaseMode.Random,
            "error" => CaseMode.Error,
            _ => throw new GoldenDataException($"The case {Id} has the unknown mode '{ModeName}'."),
        };

    /// <summary>The inputs in argument order. In random and error cases they carry no data.</summary>
    public IReadOnlyList<GoldenArray> Inputs
    {
        get => field ?? [];
        init;
    }

    /// <summary>The auxiliary states before the call.</summary>
    public IReadOnlyList<GoldenArray> Aux
    {
        get => field ?? [];
        init;
    }

    /// <summary>The visible outputs.</summary>
    public IReadOnlyList<GoldenArray> Outputs
    {
        get => field ?? [];
        init;
    }

    /// <summary>Gradients of the outputs that backward was started with; null when backward did not run.</summary>
    public IReadOnlyList<GoldenArray>? HeadGrads { get; init; }

    /// <summary>Gradients of every input whose <c>grad_req</c> is not <c>null</c>.</summary>
    public IReadOnlyList<GoldenArray>? Grads { get; init; }

    /// <summary>What the gradient arrays held first, for inputs with <c>grad_req</c> <c>add</c>.</summary>
    public IReadOnlyList<GoldenArray>? GradsBefore { get; init; }

    /// <summary>The auxiliary states after forward, before backward.</summary>
    public IReadOnlyList<GoldenArray>? AuxAfterForward { get; init; }

    /// <summary>The auxiliary states at the end.</summary>
    public IReadOnlyList<GoldenArray>? AuxAfter { get; init; }

    /// <summary>Inputs after the call: those that changed (symbol mode) or all of them (imperative mode).</summary>
    public IReadOnlyList<GoldenArray>? InputsAfter { get; init; }

    /// <summary>Statistics of random outputs.</summary>
    public IReadOnlyList<OutputStatistics>? OutputsStat { get; init; }

    /// <summary><c>yes</c>, <c>not_requested</c>, <c>unsupported</c> or <c>raises</c>: what the original's backward did.</summary>
    public string? Gradient { get; init; }

    /// <summary>The input array that was the output array as well.</summary>
    public int? OutIsInput { get; init; }

    /// <summary>True when the output array existed before the call, filled with zero.</summary>
    public bool OutPreallocated { get; init; }

    /// <summary>How often the call was repeated on the same arrays.</summary>
    public int Steps
    {
        get => Math.Max(field, 1);
        init;
    }

    /// <summary>The value of every input element in a random case.</summary>
    public double? InputConstant { get; init; }

    /// <summary>Relative and absolute tolerance to use in place of the usual ones.</summary>
    public double? Tol { get; init; }

    /// <summary>True when NaN or infinity is among the values.</summary>
    public bool Special { get; init; }

    /// <summary>Where the original refuses: <c>create</c>, <c>infer</c>, <c>bind</c> or <c>run</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>True when the original merely lacks the case: an engine may do better.</summary>
    public bool Limitation { get; init; }

    /// <summary>A remark of whoever recorded the case.</summary>
    public string? Note { get; init; }
}
