using CoreEngine.Graphs;

namespace CoreEngine.Onnx;

/// <summary>An imported model: a symbol of CoreEngine's operators, and the tensors that came with the model.</summary>
public sealed class OnnxProgram
{
    internal OnnxProgram(
        Symbol symbol,
        IReadOnlyDictionary<string, NDArray> parameters,
        IReadOnlyList<OnnxArgument> inputs,
        IReadOnlyList<OnnxArgument> outputs,
        IReadOnlyList<string> fixedInputs
    )
    {
        Symbol = symbol;
        Parameters = parameters;
        Inputs = inputs;
        Outputs = outputs;
        FixedInputs = fixedInputs;
    }

    /// <summary>The computation; its outputs are <see cref="Outputs"/>.</summary>
    public Symbol Symbol { get; }

    /// <summary>The values of the symbol's variables that are no inputs, by name; auxiliary states among them.</summary>
    public IReadOnlyDictionary<string, NDArray> Parameters { get; }

    /// <summary>What must be given to run the graph, in the model's order. Inputs that nothing depends on are left out.</summary>
    public IReadOnlyList<OnnxArgument> Inputs { get; }

    /// <summary>What the graph computes, in the model's order.</summary>
    public IReadOnlyList<OnnxArgument> Outputs { get; }

    /// <summary>The inputs of the model whose given values are part of the graph, because they decide shapes.</summary>
    public IReadOnlyList<string> FixedInputs { get; }

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">The values of <see cref="Inputs"/> by name; others are not looked at.</param>
    /// <returns>The outputs in their order.</returns>
    /// <exception cref="OnnxModelException">An input is missing or is not what the symbol was made for.</exception>
    public IReadOnlyList<OnnxTensor> Run(IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = new ArrayScope();
        var given = new Dictionary<string, NDArray>(Parameters, StringComparer.Ordinal);
        foreach (OnnxArgument input in Inputs)
        {
            if (!inputs.TryGetValue(input.Name, out OnnxTensor? tensor))
                throw new OnnxModelException($"the input '{input.Name}' is missing");
            if (tensor.ElementType != input.ElementType || !tensor.Dims.SequenceEqual(input.Dims))
                throw new OnnxModelException(
                    $"the input '{input.Name}' is {input.ElementType}[{string.Join(",", input.Dims)}]; {tensor} was given"
                );
            given[input.Name] = tensor.ToArray();
        }

        var results = new Dictionary<Node, NDArray[]>(ReferenceEqualityComparer.Instance);
        foreach (Node node in Symbol.Graph.Nodes)
        {
            results[node] = node.Operator is null
                ? [given[node.Name]]
                : Imperative.Invoke(node.Operator, [.. node.Inputs.Select(input => results[input.Node][input.Index])]);
        }

        return
        [
            .. Symbol.Entries.Zip(
                Outputs,
                (entry, output) =>
                    OnnxTensor.FromArray(results[entry.Node][entry.Index], output.ElementType, [.. output.Dims])
            ),
        ];
    }
}
