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
