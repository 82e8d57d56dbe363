using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Onnx;

/// <summary>Turns ONNX models into symbols of CoreEngine's operators.</summary>
/// <remarks>
/// The symbol is made for definite extents, since in ONNX ranks and broadcasting follow from them; whatever depends on
/// nothing but the model itself is computed here and now. What ONNX has and CoreEngine has not is refused, and the error
/// names the node: nothing is left out silently, neither attributes nor inputs.
/// </remarks>
public static class OnnxImporter
{
    /// <summary>The newest version of ONNX's operators whose changes are known here.</summary>
    public const long NewestOpset = 21;

    /// <summary>
    /// The names of the operators that can be imported, sorted; those that are not ONNX's own with their domain in front.
    /// </summary>
    public static IReadOnlyList<string> Operators { get; } =
    [.. ConversionTable.Default.Operators.Order(StringComparer.Ordinal)];

    /// <summary>Imports a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Extents that the model leaves open, and values of inputs; none when null.</param>
    /// <exception cref="OnnxUnsupportedException">The model uses what CoreEngine has nothing for.</exception>
    /// <exception cref="OnnxModelException">The model contradicts itself.</exception>
    public static OnnxProgram Import(OnnxModel model, OnnxImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new OnnxImportOptions();
        long opset = model.Opsets[""];
        if (opset > NewestOpset)
        {
            throw new OnnxUnsupportedException(
                $"the model uses version {opset} of the operators, of which versions up to {NewestOpset} are known; "
                    + "export it for an older one"
            );
        }

        var builder = new GraphBuilder();
        var conversion = new GraphConversion(builder, model, outer: null);
        var inputs = new List<OnnxArgument>();
        foreach (OnnxValueInfo info in model.Inputs)
        {
            OnnxArgument argument = Describe(info, options);
            inputs.Add(argument);
            options.KnownInputs.TryGetValue(info.Name, out OnnxTensor? known);
            // What has no elements can only say something about shapes.
            OnnxValue value = known is { Count: 0 }
                ? builder.Fixed(info.Name, known)
                : builder.Input(argument.Name, argument.ElementType, [.. argument.Dims], known);
            conversion.Define(info.Name, value);
        }

        conversion.Convert(model.Graph);
        return Finish(model, builder, conversion, inputs);
    }

    private static OnnxProgram Finish(
        OnnxModel model,
        GraphBuilder builder,
        GraphConversion conversion,
        List<OnnxArgument> inputs
    )
    {
        var heads = new List<NodeEntry>();
        var outputs = new List<OnnxArgument>();
        foreach (OnnxValueInfo info in model.Outputs)
        {
            OnnxValue value = conversion.Find(info.Name, "an output of the model");
            if (value.Sequence is not null)
                throw new OnnxUnsupportedException($"the output '{info.Name}' is a sequence");
            heads.Add(builder.EntryOf(value, info.Name));
            outputs.Add(new OnnxArgument(info.Name, value.ElementType, value.Dims));
        }

        var symbol = new Symbol([.. heads]);
        var used = symbol
            .Graph.Arguments.Concat(symbol.Graph.AuxiliaryStates)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        var parameters = new OrderedDictionary<string, NDArray>(StringComparer.Ordinal);
        foreach ((Node node, NDArray array) in builder.Constants)
        {
            if (used.Contains(node))
                parameters.Add(node.Name, array);
            else
                array.Dispose();
        }

        var names = used.Cast<Node>().Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        return new OnnxProgram(
            symbol,
            parameters,
            [.. inputs.Where(input => names.Contains(input.Name))],
            outputs,
            [.. inputs.Select(input => input.Name).Where(builder.FixedInputs.Contains)]
        );
    }

    private static OnnxArgument Describe(OnnxValueInfo info, OnnxImportOptions options)
    {
        options.KnownInputs.TryGetValue(info.Name, out OnnxTensor? known);
        if (info.Kind != "tensor")
            throw new OnnxUnsupportedException($"the input '{info.Name}' is no tensor but a {info.Kind}");
        if (info.ElementType.ToDType() == DType.None)
            throw new OnnxUnsupportedException(
                $"the input '{info.Name}' holds {info.ElementType}, which arrays cannot hold"
            );
        if (known is not null && known.ElementType != info.ElementType)
            throw new OnnxModelException($"the input '{info.Name}' is {info.ElementType}; the value given is {known}");
        long[] dims =
            options.InputDims.TryGetValue(info.Name, out long[]? given) ? given
            : known is not null ? known.Extents
            : [.. (info.Dims ?? throw Open(info)).Select(extent => extent.Value ?? throw Open(info))];
        if (info.Dims is { } declared)
        {
            bool fits = declared.Count == dims.Length;
            for (int i = 0; fits && i < dims.Length; i++)
            {
                fits = declared[i].Value is not { } fixedExtent || fixedExtent == dims[i];
            }

            if (!fits)
                throw new OnnxModelException(
                    $"the input {info} cannot have the extents [{string.Join(",", dims)}] that were given"
                );
        }

        if (dims.Any(extent => extent <= 0) && known is null)
            throw new OnnxUnsupportedException(
                $"the input '{info.Name}' has the extents [{string.Join(",", dims)}], and arrays cannot be empty"
            );
        return new OnnxArgument(info.Name, info.ElementType, dims);
    }

    private static OnnxModelException Open(OnnxValueInfo info) =>
        new($"the model leaves extents of the input {info} open; give them with {nameof(OnnxImportOptions.InputDims)}");
}
