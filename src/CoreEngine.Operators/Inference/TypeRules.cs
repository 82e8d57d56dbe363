namespace CoreEngine.Operators;

/// <summary>Type rules that many operators share.</summary>
internal static class TypeRules
{
    /// <summary>All outputs have the type of the first input; the other inputs may have any.</summary>
    internal static void First(TypeInference types)
    {
        for (int i = 0; i < types.OutputCount; i++)
        {
            types.SetOutput(i, types.Input(0));
            types.SetInput(0, types.Output(i));
        }
    }

    /// <summary>The output has the type of the first input; the second, which holds indices, counts as float32 if unknown.</summary>
    internal static void FirstWithIndices(TypeInference types)
    {
        First(types);
        DefaultInput(types, 1);
    }

    /// <summary>An input whose type nothing else says counts as <paramref name="dtype"/> once the first input's type is known.</summary>
    internal static void DefaultInput(TypeInference types, int input, DType dtype = DType.Float32)
    {
        if (types.Input(input) == DType.None && types.Input(0) != DType.None && !types.IsTentative)
            types.SetInput(input, dtype);
    }

    /// <summary>A rule of an operator that must be told its first input's type, as MXNet's must.</summary>
    /// <remarks>
    /// In a graph this is asked as soon as the operator is reached, even where a later one would have told the type: so
    /// scripts that rely on the refusal meet it.
    /// </remarks>
    internal static TypeRule NeedsFirst(TypeRule rule) =>
        types =>
        {
            rule(types);
            if (types.Input(0) == DType.None && !types.IsTentative)
                throw types.Error($"the type of '{types.Operator.InputName(0)}' must be known; give it.");
        };

    /// <summary>A rule of an operator whose first input is float32 where nothing says otherwise.</summary>
    internal static TypeRule OrFloat32(TypeRule rule) =>
        types =>
        {
            rule(types);
            if (types.Input(0) != DType.None || types.IsTentative)
                return;
            types.SetInput(0, DType.Float32);
            rule(types);
        };

    /// <summary>The first inputs and all outputs have one type; inputs from <paramref name="free"/> on may have any.</summary>
    internal static TypeRule SameExceptFrom(int free) =>
        types =>
        {
            DType known = DType.None;
            for (int i = 0; i < Math.Min(free, types.InputCount) && known == DType.None; i++)
            {
                known = types.Input(i);
            }

            for (int i = 0; i < types.OutputCount && known == DType.None; i++)
            {
                known = types.Output(i);
            }

            for (int i = 0; i < Math.Min(free, types.InputCount); i++)
            {
                types.SetInput(i, known);
            }

            for (int i = 0; i < types.OutputCount; i++)
            {
                types.SetOutput(i, known);
            }
        };
}
