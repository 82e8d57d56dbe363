namespace CoreEngine.Operators;

/// <summary>Type rules of operators that compute with fractions: float16, float32 and float64.</summary>
internal static class FloatTypes
{
    /// <summary>All inputs and outputs have one floating-point type.</summary>
    internal static void Same(TypeInference types)
    {
        TypeInference.Same(types);
        for (int i = 0; i < types.InputCount; i++)
        {
            Check(types, types.Input(i));
        }
    }

    /// <summary>
    /// Inputs and the first output have one floating-point type; the other outputs, which are hidden and kept for
    /// backward, are float32 for float16.
    /// </summary>
    internal static void WideHidden(TypeInference types)
    {
        DType known = types.Output(0);
        for (int i = 0; i < types.InputCount && known == DType.None; i++)
        {
            known = types.Input(i);
        }

        Check(types, known);
        for (int i = 0; i < types.InputCount; i++)
        {
            types.SetInput(i, known);
        }

        types.SetOutput(0, known);
        for (int i = 1; i < types.OutputCount; i++)
        {
            types.SetOutput(i, known == DType.Float16 ? DType.Float32 : known);
        }
    }

    /// <summary>Refuses a known type that is not a floating-point one.</summary>
    /// <exception cref="TypeMismatchException">It is an integer type.</exception>
    internal static void Check(TypeInference types, DType dtype)
    {
        if (dtype != DType.None && !dtype.IsFloat())
        {
            throw types.Error(
                $"it computes with float16, float32 and float64, not with {dtype.Name()}; use Cast on the input."
            );
        }
    }
}
