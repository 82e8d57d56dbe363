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

    /// <summary>
    /// Binds the symbol to the parameters and to new arrays for the inputs. To run it often, write into the inputs' arrays
    /// and call <see cref="Executor.Forward"/>.
    /// </summary>
    public Executor Bind()
    {
        Dictionary<string, OnnxArgument> inputs = Inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        return Executor.Bind(
            Symbol,
            [.. Symbol.ListArguments().Select(ArrayOf)],
            states: [.. Symbol.ListAuxiliaryStates().Select(ArrayOf)]
        );

        NDArray ArrayOf(string name) =>
            inputs.TryGetValue(name, out OnnxArgument? input)
                ? NDArray.Zeros(input.Shape, input.DType)
                : Parameters[name];
    }

    /// <summary>Computes the outputs once.</summary>
    /// <param name="inputs">The values of <see cref="Inputs"/> by name; others are not looked at.</param>
    /// <returns>The outputs in their order.</returns>
    /// <exception cref="OnnxModelException">An input is missing or is not what the symbol was made for.</exception>
    public IReadOnlyList<OnnxTensor> Run(IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = new ArrayScope();
        using Executor executor = Bind();
        foreach (OnnxArgument input in Inputs)
        {
            if (!inputs.TryGetValue(input.Name, out OnnxTensor? tensor))
                throw new OnnxModelException($"the input '{input.Name}' is missing");
            if (tensor.ElementType != input.ElementType || !tensor.Dims.SequenceEqual(input.Dims))
                throw new OnnxModelException(
                    $"the input '{input.Name}' is {input.ElementType}[{string.Join(",", input.Dims)}]; {tensor} was given"
                );
            tensor.CopyTo(executor[input.Name]);
        }

        return
        [
            .. executor
                .Forward()
                .Zip(Outputs, (array, output) => OnnxTensor.FromArray(array, output.ElementType, [.. output.Dims])),
        ];
    }
}
