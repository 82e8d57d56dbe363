namespace CoreEngine.Operators;

/// <summary>Operators that keep the elements and their order and only change the shape.</summary>
internal static class ReshapeFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "Reshape", ["reshape"], () => new ReshapeParameters(), ReshapeRule.Infer);
        Add(registry, "Flatten", ["flatten"], parameters: null, InferFlatten);
        Add(registry, "expand_dims", [], () => new ExpandDimsParameters(), InferExpandDims);
    }

    private static void Add(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        Func<IParameters>? parameters,
        ShapeRule infer
    ) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = aliases,
                NewParameters = parameters,
                Inplace = [(0, 0)],
                InferShape = infer,
                Gradient = static c => c.Set(0, c.Call("reshape_like", c.OutputGradient(0), c.Input(0))),
                Kernel = Copy,
            }
        );

    private static void InferFlatten(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        if (data.Rank > 0)
            shapes.SetOutput(0, [data[0], ShapeRules.Product(data.Dims[1..])]);
        if (data.Rank > 0 && shapes.Output(0)[0] != 0)
            shapes.SetInput(0, data.With(0, shapes.Output(0)[0]));
    }

    private static void InferExpandDims(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        int rank = data.Rank > 0 ? data.Rank + 1 : shapes.Output(0).Rank;
        if (rank == 0)
            return;
        int place = shapes.Axis("axis", shapes.Operator.Parameters<ExpandDimsParameters>().Axis, rank);
        if (data.Rank > 0)
            shapes.SetOutput(0, new Shape([.. data.Dims[..place], 1, .. data.Dims[place..]]));
        ReadOnlySpan<long> output = shapes.Output(0).Dims;
        shapes.SetInput(0, new Shape([.. output[..place], .. output[(place + 1)..]]));
    }

    private static void Copy(ref KernelContext context)
    {
        if (context.Request(0) != Request.WriteInplace)
            ElementwiseRegistration.RunUnary<Identity>(ref context);
    }
}

/// <summary>Parameters of <c>expand_dims</c>.</summary>
public sealed class ExpandDimsParameters : IParameters
{
    /// <summary>Where the new axis of extent 1 stands in the result; negative counts from the end.</summary>
    public int Axis;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("axis", ref Axis);
}
