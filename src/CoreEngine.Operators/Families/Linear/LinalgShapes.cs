namespace CoreEngine.Operators;

/// <summary>Shape and type rules of operators on batches of matrices.</summary>
internal static class LinalgShapes
{
    internal static void Type(TypeInference types)
    {
        DotFamily.FloatingPoint(types);
        if (types.Input(0) == DType.Float16)
            throw types.Error("it computes in float32 or float64; cast the arrays first.");
    }

    internal static void Product(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<LinalgProductParameters>();
        if (!Matrices(shapes, 0, out Shape a) || !Matrices(shapes, 1, out Shape b))
            return;
        (long m, long left) = p.TransposeA ? (a[^1], a[^2]) : (a[^2], a[^1]);
        (long right, long n) = p.TransposeB ? (b[^1], b[^2]) : (b[^2], b[^1]);
        if (left != right || !a.Dims[..^2].SequenceEqual(b.Dims[..^2]))
            throw shapes.Error(
                $"the matrices of A and B cannot be multiplied: depth {left} and {right}, or other batches."
            );
        Shape product = WithMatrix(a, m, n);
        shapes.SetOutput(0, product);
        if (shapes.InputCount > 2)
            shapes.SetInput(2, product);
    }

    internal static void Square(ShapeInference shapes)
    {
        if (!Matrices(shapes, 0, out Shape a))
            return;
        long order = shapes.Operator.Parameters<LinalgSyrkParameters>().Transpose ? a[^1] : a[^2];
        shapes.SetOutput(0, WithMatrix(a, order, order));
    }

    internal static void Triangular(ShapeInference shapes)
    {
        // The result has the shape of B, and A the order of the side on which it stands.
        shapes.SetInput(1, shapes.Output(0));
        Shape known = shapes.Input(1);
        if (known.Rank > 1)
        {
            long order = shapes.Operator.Parameters<LinalgTriangularParameters>().Right ? known[^1] : known[^2];
            shapes.SetInput(0, WithMatrix(known, order, order));
        }

        if (!SquareInput(shapes, out Shape a) || !Matrices(shapes, 1, out Shape b))
            return;
        long other = shapes.Operator.Parameters<LinalgTriangularParameters>().Right ? b[^1] : b[^2];
        if (a[^1] != other || !a.Dims[..^2].SequenceEqual(b.Dims[..^2]))
            throw shapes.Error("the triangular matrices do not fit those of B, on the side where they stand.");
        shapes.SetOutput(0, b);
    }

    internal static void SameSquare(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        SquareInput(shapes, out _);
    }

    internal static void Reduced(ShapeInference shapes)
    {
        if (SquareInput(shapes, out Shape a))
            shapes.SetOutput(0, a.Rank == 2 ? [1] : new Shape(a.Dims[..^2]));
    }

    internal static void Wide(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        if (!Matrices(shapes, 0, out Shape a))
            return;
        if (a[^2] > a[^1])
            throw shapes.Error($"matrices with {a[^2]} rows need at least as many columns; transpose them first.");
        shapes.SetOutput(0, a);
        shapes.SetOutput(1, WithMatrix(a, a[^2], a[^2]));
    }

    internal static void Eigen(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        if (!SquareInput(shapes, out Shape a))
            return;
        shapes.SetOutput(0, a);
        shapes.SetOutput(1, new Shape(a.Dims[..^1]));
    }

    private static Shape WithMatrix(Shape shape, long rows, long columns) =>
        shape.With(shape.Rank - 2, rows).With(shape.Rank - 1, columns);

    private static bool Matrices(ShapeInference shapes, int input, out Shape shape)
    {
        shape = shapes.Input(input);
        if (shape.Rank == 1)
            throw shapes.Error($"'{shapes.Operator.InputName(input)}' must hold matrices in its last two axes.");
        return shape.IsKnown;
    }

    private static bool SquareInput(ShapeInference shapes, out Shape shape)
    {
        if (!Matrices(shapes, 0, out shape))
            return false;
        if (shape[^1] != shape[^2])
            throw shapes.Error($"the matrices of A are {shape[^2]} x {shape[^1]}; they must be square.");
        return true;
    }
}
