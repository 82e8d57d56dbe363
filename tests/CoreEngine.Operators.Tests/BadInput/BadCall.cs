namespace CoreEngine.Operators.Tests;

/// <summary>A call that must be refused with a typed error that helps.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Shapes">The shapes of its inputs.</param>
public sealed record BadCall(string Operator, params Shape[] Shapes)
{
    /// <summary>The attributes, as text.</summary>
    public Dictionary<string, string> Attributes { get; } = [];

    /// <summary>The types of the inputs, where they are not float32.</summary>
    public DType[] Types { get; init; } = [];

    /// <summary>The values of the inputs, where zeros would not be wrong.</summary>
    public double[]?[] Values { get; init; } = [];

    /// <summary>Parts of the message: the argument, its value, the remedy.</summary>
    public required string[] Says { get; init; }

    /// <summary>Makes the call and expects an error of this type that names the operator.</summary>
    public void Expect<TError>()
        where TError : Exception
    {
        using var scope = new ArrayScope();
        TError error = Assert.ThrowsExactly<TError>(() => Run());
        foreach (string part in Says.Prepend(Operator))
        {
            StringAssert.Contains(error.Message, part, StringComparison.Ordinal);
        }
    }

    private void Run()
    {
        var inputs = new NDArray[Shapes.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            DType dtype = i < Types.Length ? Types[i] : DType.Float32;
            inputs[i] =
                i < Values.Length && Values[i] is { } values
                    ? NDArray.From(values, Shapes[i]).AsType(dtype)
                    : NDArray.Zeros(Shapes[i], dtype);
        }

        foreach (NDArray result in Imperative.Invoke(Operator, inputs, Attributes))
        {
            result.WaitToRead();
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operator}({string.Join(", ", Shapes)}"
        + string.Concat(Attributes.Select(pair => $", {pair.Key}={pair.Value}"))
        + ")";
}
