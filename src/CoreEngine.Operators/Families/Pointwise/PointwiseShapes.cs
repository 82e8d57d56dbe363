namespace CoreEngine.Operators;

/// <summary>Where a point-wise operator is point-wise: a question of the shapes of its arguments.</summary>
public static class PointwiseShapes
{
    /// <summary>
    /// True when every element of a call's outputs, which all have this shape, depends only on the elements at its own
    /// place of the inputs, after those of other shapes have been repeated to it as broadcasting does.
    /// </summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">The shapes of its inputs.</param>
    /// <param name="full">The shape of its outputs.</param>
    public static bool AllowPointwise(this BoundOperator op, ReadOnlySpan<Shape> inputs, Shape full)
    {
        if (op.Pointwise == Pointwise.Never)
            return false;
        foreach (Shape input in inputs)
        {
            bool fits = op.Pointwise == Pointwise.WhenBroadcast ? Broadcasts(input, full) : input == full;
            if (!fits)
                return false;
        }

        return true;
    }

    private static bool Broadcasts(Shape input, Shape full)
    {
        if (input.Rank > full.Rank)
            return false;
        for (int i = 1; i <= input.Rank; i++)
        {
            if (input[^i] != full[^i] && input[^i] != 1)
                return false;
        }

        return true;
    }
}
