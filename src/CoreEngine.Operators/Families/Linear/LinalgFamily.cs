namespace CoreEngine.Operators;

/// <summary>
/// Linear algebra on batches of matrices, the last two axes of arrays of float32 or float64. Gradients are compositions of
/// the same operators, so they can be differentiated again.
/// </summary>
/// <remarks>
/// The gradients of the factorisations follow M. Seeger et al., Auto-Differentiating Linear Algebra, 2017
/// (arXiv:1710.08717).
/// </remarks>
internal static class LinalgFamily
{
    private const string Product = "_linalg_gemm2";
    private const string Lower = "_backward_linalg_lower";
    private const string Symmetric = "_backward_linalg_symmetric";
    private const string Solve = "_linalg_trsm";
    private const string Multiply = "_linalg_trmm";

    internal static void Register(OperatorRegistry registry)
    {
        RegisterProducts(registry);
        RegisterTriangular(registry);
        RegisterFactorizations(registry);
        RegisterBackward(registry);
    }

    private static void RegisterProducts(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_linalg_gemm")
            {
                Aliases = ["linalg_gemm"],
                NewParameters = () => new LinalgGemmParameters(),
                Inputs = ["A", "B", "C"],
                InferShape = LinalgShapes.Product,
                InferType = LinalgShapes.Type,
                Gradient = c =>
                {
                    SetProductGradient(c);
                    c.Set(2, c.Scale(c.OutputGradient(0), c.Operator.Parameters<LinalgGemmParameters>().Beta));
                },
                Kernel = LinalgKernels.MultiplyAdd,
            }
        );
        registry.Add(
            new OperatorDef(Product)
            {
                Aliases = ["linalg_gemm2"],
                NewParameters = () => new LinalgProductParameters(),
                Inputs = ["A", "B"],
                InferShape = LinalgShapes.Product,
                InferType = LinalgShapes.Type,
                Gradient = SetProductGradient,
                Kernel = LinalgKernels.MultiplyMatrices,
            }
        );
        registry.Add(
            new OperatorDef("_linalg_syrk")
            {
                Aliases = ["linalg_syrk"],
                NewParameters = () => new LinalgSyrkParameters(),
                Inputs = ["A"],
                InferShape = LinalgShapes.Square,
                InferType = LinalgShapes.Type,
                Gradient = c =>
                {
                    var p = c.Operator.Parameters<LinalgSyrkParameters>();
                    Value dy = c.OutputGradient(0);
                    Value a = c.Input(0);
                    c.Set(0, p.Transpose ? Times(c, a, dy, alpha: p.Alpha) : Times(c, dy, a, alpha: p.Alpha));
                    c.Set(
                        0,
                        p.Transpose
                            ? Times(c, a, dy, transposeB: true, alpha: p.Alpha)
                            : Times(c, dy, a, transposeA: true, alpha: p.Alpha)
                    );
                },
                Kernel = LinalgKernels.Square,
            }
        );
    }

    private static void RegisterTriangular(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Multiply)
            {
                Aliases = ["linalg_trmm"],
                NewParameters = () => new LinalgTriangularParameters(),
                Inputs = ["A", "B"],
                InferShape = LinalgShapes.Triangular,
                InferType = LinalgShapes.Type,
                Gradient = c =>
                {
                    var p = c.Operator.Parameters<LinalgTriangularParameters>();
                    Value dy = c.OutputGradient(0);
                    Value b = c.Input(1);
                    c.Set(0, KeepLower(c, TriangularGradient(c, p, dy, b, p.Alpha)));
                    c.Set(1, c.Call(Multiply, Transposed(p, p.Alpha), c.Input(0), dy));
                },
                Kernel = LinalgKernels.MultiplyTriangular,
            }
        );
        registry.Add(
            new OperatorDef(Solve)
            {
                Aliases = ["linalg_trsm"],
                NewParameters = () => new LinalgTriangularParameters(),
                Inputs = ["A", "B"],
                InferShape = LinalgShapes.Triangular,
                InferType = LinalgShapes.Type,
                Gradient = c =>
                {
                    var p = c.Operator.Parameters<LinalgTriangularParameters>();
                    Value solved = c.Call(Solve, Transposed(p, 1), c.Input(0), c.OutputGradient(0));
                    c.Set(0, KeepLower(c, TriangularGradient(c, p, solved, c.Output(0), alpha: -1)));
                    c.Set(1, c.Scale(solved, p.Alpha));
                },
                Kernel = LinalgKernels.SolveTriangular,
            }
        );
    }

    private static void RegisterFactorizations(OperatorRegistry registry)
    {
        registry.Add(OfSquare("_linalg_potrf", SetCholeskyGradient, LinalgKernels.Factorize));
        registry.Add(OfSquare("_linalg_potri", SetInverseGradient, LinalgKernels.Invert));
        registry.Add(
            new OperatorDef("_linalg_sumlogdiag")
            {
                Aliases = ["linalg_sumlogdiag"],
                Inputs = ["A"],
                InferShape = LinalgShapes.Reduced,
                InferType = LinalgShapes.Type,
                Gradient = c => c.Set(0, c.Call("_backward_linalg_sumlogdiag", c.OutputGradient(0), c.Input(0))),
                Kernel = LinalgKernels.SumLogDiagonal,
            }
        );
        registry.Add(
            new OperatorDef("_linalg_gelqf")
            {
                Aliases = ["linalg_gelqf"],
                Inputs = ["A"],
                Outputs = ["output0", "output1"],
                InferShape = LinalgShapes.Wide,
                InferType = LinalgShapes.Type,
                Gradient = SetLqGradient,
                Kernel = LinalgKernels.FactorizeLq,
            }
        );
        registry.Add(
            new OperatorDef("_linalg_syevd")
            {
                Inputs = ["A"],
                Outputs = ["output0", "output1"],
                InferShape = LinalgShapes.Eigen,
                InferType = LinalgShapes.Type,
                Gradient = SetEigenGradient,
                Kernel = LinalgKernels.Decompose,
            }
        );
    }

    private static OperatorDef OfSquare(string name, GradientRule gradient, KernelFunction kernel) =>
        new(name)
        {
            Aliases = [name[1..]],
            Inputs = ["A"],
            InferShape = LinalgShapes.SameSquare,
            InferType = LinalgShapes.Type,
            Gradient = gradient,
            Kernel = kernel,
        };

    private static void RegisterBackward(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Lower)
            {
                NewParameters = () => new LowerTriangleParameters(),
                Gradient = c => c.Set(0, c.CallWithSameParameters(Lower, c.OutputGradient(0))),
                Kernel = LinalgKernels.KeepLower,
            }
        );
        registry.Add(
            new OperatorDef(Symmetric)
            {
                Gradient = c => c.Set(0, c.Call(Symmetric, c.OutputGradient(0))),
                Kernel = LinalgKernels.MakeSymmetric,
            }
        );
        registry.Add(
            new OperatorDef("_backward_linalg_sumlogdiag")
            {
                Inputs = ["ograd", "A"],
                InferShape = ShapeRules.OutputsLikeInputs(1),
                Kernel = LinalgKernels.SumLogDiagonalBackward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_linalg_syevd")
            {
                Inputs = ["products", "values", "values_grad"],
                InferShape = ShapeRules.OutputsLikeInputs(0),
                Kernel = LinalgKernels.DivideByGaps,
            }
        );
    }

    private static Value Times(
        GradientContext c,
        Value a,
        Value b,
        bool transposeA = false,
        bool transposeB = false,
        double alpha = 1
    ) =>
        c.Call(
            Product,
            new LinalgProductParameters
            {
                TransposeA = transposeA,
                TransposeB = transposeB,
                Alpha = alpha,
            },
            a,
            b
        );

    private static Value KeepLower(GradientContext c, Value a, double below = 1, double diagonal = 1) =>
        c.Call(Lower, new LowerTriangleParameters { Below = below, Diagonal = diagonal }, a);

    private static LinalgTriangularParameters Transposed(LinalgTriangularParameters p, double alpha) =>
        new()
        {
            Transpose = !p.Transpose,
            Right = p.Right,
            Alpha = alpha,
        };

    private static Value SolveWith(GradientContext c, Value a, Value b, bool transpose, bool right) =>
        c.Call(Solve, new LinalgTriangularParameters { Transpose = transpose, Right = right }, a, b);

    private static void SetProductGradient(GradientContext c)
    {
        var p = c.Operator.Parameters<LinalgProductParameters>();
        Value dy = c.OutputGradient(0);
        Value a = c.Input(0);
        Value b = c.Input(1);
        c.Set(
            0,
            p.TransposeA ? Times(c, b, dy, p.TransposeB, true, p.Alpha) : Times(c, dy, b, false, !p.TransposeB, p.Alpha)
        );
        c.Set(
            1,
            p.TransposeB ? Times(c, dy, a, true, p.TransposeA, p.Alpha) : Times(c, a, dy, !p.TransposeA, false, p.Alpha)
        );
    }

    /// <summary>The gradient of A in alpha op(A) B, or alpha B op(A), before its upper triangle is dropped.</summary>
    private static Value TriangularGradient(
        GradientContext c,
        LinalgTriangularParameters p,
        Value dy,
        Value b,
        double alpha
    ) =>
        (p.Right, p.Transpose) switch
        {
            (false, false) => Times(c, dy, b, transposeB: true, alpha: alpha),
            (false, true) => Times(c, b, dy, transposeB: true, alpha: alpha),
            (true, false) => Times(c, b, dy, transposeA: true, alpha: alpha),
            _ => Times(c, dy, b, transposeA: true, alpha: alpha),
        };

    /// <summary>dA = sym(L^-T P L^-1), with P the lower triangle of L^T dL and its diagonal halved.</summary>
    private static void SetCholeskyGradient(GradientContext c)
    {
        Value l = c.Output(0);
        Value p = KeepLower(c, Times(c, l, c.OutputGradient(0), transposeA: true), diagonal: 0.5);
        Value solved = SolveWith(
            c,
            l,
            SolveWith(c, l, p, transpose: false, right: true),
            transpose: true,
            right: false
        );
        c.Set(0, c.Call(Symmetric, solved));
    }

    /// <summary>For B = (A A^T)^-1: dA is the lower triangle of -B (dB + dB^T) A^-T.</summary>
    private static void SetInverseGradient(GradientContext c)
    {
        Value both = Times(c, c.Output(0), c.Call(Symmetric, c.OutputGradient(0)), alpha: -2);
        c.Set(0, KeepLower(c, SolveWith(c, c.Input(0), both, transpose: true, right: true)));
    }

    /// <summary>dA = L^-T (dQ + S Q), with S the lower triangle of L^T dL - dQ Q^T, mirrored.</summary>
    private static void SetLqGradient(GradientContext c)
    {
        Value q = c.Output(0);
        Value l = c.Output(1);
        Value dq = c.OutputGradient(0);
        Value fromQ = Times(c, dq, q, transposeB: true, alpha: -1);
        Value m = c.Call("_linalg_gemm", new LinalgGemmParameters { TransposeA = true }, l, c.OutputGradient(1), fromQ);
        Value mirrored = c.Call(Symmetric, KeepLower(c, m, below: 2));
        Value sum = c.Call("_linalg_gemm", new LinalgGemmParameters(), mirrored, q, dq);
        c.Set(0, SolveWith(c, l, sum, transpose: true, right: false));
    }

    /// <summary>dA = U^T sym(X) U, with X(i, j) = (dU U^T)(i, j) / (value i - value j) and the values' gradient on its diagonal.</summary>
    private static void SetEigenGradient(GradientContext c)
    {
        Value u = c.Output(0);
        Value products = Times(c, c.OutputGradient(0), u, transposeB: true);
        Value x = c.Call("_backward_linalg_syevd", products, c.Output(1), c.OutputGradient(1));
        c.Set(0, Times(c, u, Times(c, c.Call(Symmetric, x), u), transposeA: true));
    }
}
