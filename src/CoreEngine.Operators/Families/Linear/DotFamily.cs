namespace CoreEngine.Operators;

/// <summary>Products of matrices, of arrays with any number of axes, and of batches of matrices.</summary>
internal static unsafe class DotFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(
            registry,
            "dot",
            ["_sparse_dot"],
            InferDot,
            DotShape,
            SparseDot.InferStorage,
            SparseDot.InferBackwardStorage
        );
        Add(registry, "batch_dot", [], InferBatchDot, BatchDotShape);
    }

    /// <summary>Says which product a call computes, from the shapes of its two factors.</summary>
    private delegate MatrixProduct ProductShape(DotParameters p, DType dtype, Shape a, Shape b);

    private static void Add(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        ShapeRule infer,
        ProductShape product,
        StorageRule? storage = null,
        StorageRule? backwardStorage = null
    )
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                Aliases = aliases,
                NewParameters = () => new DotParameters(),
                Inputs = ["lhs", "rhs"],
                InferShape = infer,
                InferType = FloatingPoint,
                InferStorage = storage,
                Gradient = Gradient.Backward(backward, gradients: [0], inputs: [0, 1], outputs: [], count: 2),
                Kernel = (ref KernelContext context) => Forward(ref context, product),
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = () => new DotParameters(),
                Inputs = ["ograd", "lhs", "rhs"],
                Outputs = ["lhs_grad", "rhs_grad"],
                InferShape = ShapeRules.OutputsLikeInputs(1),
                InferStorage = backwardStorage,
                Gradient = c => SetSecondGradient(c, name, backward),
                Kernel = (ref KernelContext context) => Backward(ref context, product),
            }
        );
    }

    /// <summary>All types are one, and it is one of the floating-point types.</summary>
    internal static void FloatingPoint(TypeInference types)
    {
        TypeInference.Same(types);
        DType dtype = types.InputCount > 0 ? types.Input(0) : types.Output(0);
        if (dtype != DType.None && !dtype.IsFloat())
            throw types.Error("it computes in floating point; cast the arrays to float32 first.");
    }

    /// <summary>
    /// Both gradients are linear in each of the output's gradient and the factors, so everything that flows back is again
    /// a product or one of its two gradients.
    /// </summary>
    private static void SetSecondGradient(GradientContext c, string forward, string backward)
    {
        Value dy = c.Input(0);
        Value a = c.Input(1);
        Value b = c.Input(2);
        if (c.HasOutputGradient(0))
        {
            Value ga = c.OutputGradient(0);
            c.Set(0, c.CallWithSameParameters(forward, ga, b));
            c.Set(2, c.CallWithSameParameters(backward, dy, ga, b).Output(1));
        }

        if (c.HasOutputGradient(1))
        {
            Value gb = c.OutputGradient(1);
            c.Set(0, c.CallWithSameParameters(forward, a, gb));
            c.Set(1, c.CallWithSameParameters(backward, dy, a, gb));
        }
    }

    private static void InferDot(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<DotParameters>();
        Shape a = shapes.Input(0);
        Shape b = shapes.Input(1);
        if (a.Rank == 0 || b.Rank == 0)
        {
            AssumeVector(shapes);
            return;
        }

        if (a.Rank == 1 && b.Rank == 1 && (p.TransposeA || p.TransposeB))
            throw shapes.Error("vectors cannot be transposed; leave transpose_a and transpose_b out.");
        long left = p.TransposeA ? a[0] : a[^1];
        long right = p.TransposeB ? b[^1] : b[0];
        if (left != 0 && right != 0 && left != right)
        {
            throw shapes.Error(
                $"the {(p.TransposeA ? "first" : "last")} axis of lhs has {left} elements, the "
                    + $"{(p.TransposeB ? "last" : "first")} axis of rhs {right}; they must be equal."
            );
        }

        ReadOnlySpan<long> outerA = p.TransposeA ? a.Dims[1..] : a.Dims[..^1];
        ReadOnlySpan<long> outerB = p.TransposeB ? b.Dims[..^1] : b.Dims[1..];
        shapes.SetOutput(0, outerA.Length + outerB.Length == 0 ? [1] : new Shape([.. outerA, .. outerB]));
    }

    /// <summary>In what it answers to a partial question, MXNet counts an operand of which nothing is known as a vector.</summary>
    private static void AssumeVector(ShapeInference shapes)
    {
        if (!shapes.MayAssume || shapes.Output(0).Rank > 0)
            return;
        var p = shapes.Operator.Parameters<DotParameters>();
        Shape a = shapes.Input(0);
        Shape b = shapes.Input(1);
        if (a.Rank > 1)
            shapes.SetOutput(0, new Shape(p.TransposeA ? a.Dims[1..] : a.Dims[..^1]));
        else if (b.Rank > 1)
            shapes.SetOutput(0, new Shape(p.TransposeB ? b.Dims[..^1] : b.Dims[1..]));
    }

    private static void InferBatchDot(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<DotParameters>();
        Shape a = shapes.Input(0);
        Shape b = shapes.Input(1);
        if (a.Rank == 0 || b.Rank == 0)
            return;
        if (a.Rank != 3 || b.Rank != 3)
            throw shapes.Error("both arrays need the shape (batch, rows, columns).");
        (long m, long left) = p.TransposeA ? (a[2], a[1]) : (a[1], a[2]);
        (long right, long n) = p.TransposeB ? (b[2], b[1]) : (b[1], b[2]);
        bool fits = (left == 0 || right == 0 || left == right) && (a[0] == 0 || b[0] == 0 || a[0] == b[0]);
        if (!fits)
            throw shapes.Error($"{a[0]} products of depth {left} were asked for with {b[0]} of depth {right}.");
        shapes.SetOutput(0, [a[0] == 0 ? b[0] : a[0], m, n]);
    }

    private static MatrixProduct DotShape(DotParameters p, DType dtype, Shape a, Shape b)
    {
        long k = p.TransposeA ? a[0] : a[^1];
        return new MatrixProduct(dtype, p.TransposeA, p.TransposeB, Batch: 1, a.Size / k, b.Size / k, k);
    }

    private static MatrixProduct BatchDotShape(DotParameters p, DType dtype, Shape a, Shape b)
    {
        (long m, long k) = p.TransposeA ? (a[2], a[1]) : (a[1], a[2]);
        return new MatrixProduct(dtype, p.TransposeA, p.TransposeB, a[0], m, p.TransposeB ? b[1] : b[2], k);
    }

    private static void Forward(ref KernelContext context, ProductShape shape)
    {
        TensorView a = context.Input(0);
        TensorView b = context.Input(1);
        if (a.Storage != StorageType.Default)
        {
            SparseDot.Forward(ref context);
            return;
        }

        if (!context.Wants(0))
            return;
        MatrixProduct product = shape(context.Parameters<DotParameters>(), a.DType, a.Shape, b.Shape);
        product.Forward(a.Data, b.Data, context.Output(0).Data, context.Accumulates(0) ? 1 : 0);
    }

    private static void Backward(ref KernelContext context, ProductShape shape)
    {
        TensorView dy = context.Input(0);
        TensorView a = context.Input(1);
        TensorView b = context.Input(2);
        if (a.Storage != StorageType.Default)
        {
            SparseDot.Backward(ref context);
            return;
        }

        MatrixProduct product = shape(context.Parameters<DotParameters>(), a.DType, a.Shape, b.Shape);
        if (context.Wants(0))
            product.BackwardA(dy.Data, b.Data, context.Output(0).Data, context.Accumulates(0) ? 1 : 0);
        if (context.Wants(1))
            product.BackwardB(dy.Data, a.Data, context.Output(1).Data, context.Accumulates(1) ? 1 : 0);
    }
}

/// <summary>Parameters of <c>dot</c> and <c>batch_dot</c>.</summary>
public sealed class DotParameters : IParameters
{
    /// <summary>Contract the first axis of lhs (of each matrix) instead of the last.</summary>
    public bool TransposeA;

    /// <summary>Contract the last axis of rhs (of each matrix) instead of the first.</summary>
    public bool TransposeB;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("transpose_a", ref TransposeA);
        reader.Optional("transpose_b", ref TransposeB);
    }
}
