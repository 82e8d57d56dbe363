namespace CoreEngine.Operators;

/// <summary>Shape rules that many operators share, and their checks.</summary>
internal static class ShapeRules
{
    /// <summary>Output i has the shape of input <paramref name="first"/> + i: the rule of most backward operators.</summary>
    internal static ShapeRule OutputsLikeInputs(int first) =>
        shapes =>
        {
            for (int i = 0; i < shapes.OutputCount; i++)
            {
                shapes.SetOutput(i, shapes.Input(first + i));
            }
        };

    /// <summary>An axis that may count from the end, as one from the start.</summary>
    /// <exception cref="ShapeMismatchException">There is no such axis.</exception>
    internal static int Axis(this ShapeInference shapes, string attribute, long axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw shapes.Error($"{attribute}={axis} is outside {-rank}..{rank - 1}.");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>Extents that an attribute gives, 0 for what is unknown.</summary>
    /// <exception cref="ShapeMismatchException">One is negative.</exception>
    internal static Shape Given(this ShapeInference shapes, string attribute, ReadOnlySpan<long> extents)
    {
        foreach (long extent in extents)
        {
            if (extent < 0)
                throw shapes.Error($"{attribute} has the negative extent {extent}; give extents of 1 or more.");
        }

        return new Shape(extents);
    }

    /// <summary>The product of some extents; 0 when one of them is unknown.</summary>
    internal static long Product(ReadOnlySpan<long> extents)
    {
        long product = 1;
        foreach (long extent in extents)
        {
            product = checked(product * extent);
        }

        return product;
    }
}
