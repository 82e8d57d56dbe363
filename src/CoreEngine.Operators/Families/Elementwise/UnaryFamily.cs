using static CoreEngine.Operators.GradientAlgebra;

namespace CoreEngine.Operators;

/// <summary>Functions of one array: one row each, with the fused gradient and, where it is smooth, the composed one.</summary>
internal static class UnaryFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Activations(registry);
        Rounding(registry);
        PowersAndRoots(registry);
        ExponentialsAndLogarithms(registry);
        Trigonometry(registry);
        Hyperbolic(registry);
    }

    /// <summary>The name that the operator has among the sparse ones.</summary>
    private static string[] Sparse(string name) => ["_sparse_" + name];

    private static void Activations(OperatorRegistry r)
    {
        r.UnaryFromOutput<Relu, ReluGradient>(
            "relu",
            Sparse("relu"),
            Times((c, x, y) => c.Scalar("_greater_scalar", y, 0)),
            storage: StorageRules.KeepRows,
            gradientStorage: StorageRules.Keep
        );
        r.UnaryFromOutput<Sigmoid, SigmoidGradient>(
            "sigmoid",
            Sparse("sigmoid"),
            Times((c, x, y) => c.Multiply(y, c.From(1, y))),
            gradientStorage: StorageRules.Keep
        );
        r.UnaryFromInput<Magnitude, MagnitudeGradient>(
            "abs",
            Sparse("abs"),
            Times((c, x, y) => c.Call("sign", x)),
            storage: StorageRules.KeepRows,
            gradientStorage: StorageRules.Keep
        );
        r.Unary<Sign>("sign", Sparse("sign"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<Negative>(
            "negative",
            Sparse("negative"),
            c => c.Set(0, c.Negate(c.OutputGradient(0))),
            storage: StorageRules.Keep
        );
    }

    // The original refuses to differentiate most of these; here the derivative is what it is almost everywhere: zero.
    private static void Rounding(OperatorRegistry r)
    {
        r.Unary<Round>("round", Sparse("round"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<RoundHalfDown>("rint", Sparse("rint"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<Ceiling>("ceil", Sparse("ceil"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<Floor>("floor", Sparse("floor"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<Truncate>("trunc", Sparse("trunc"), Gradient.Zero, storage: StorageRules.KeepRows);
        r.Unary<Truncate>("fix", Sparse("fix"), Gradient.Zero, storage: StorageRules.KeepRows);
    }

    private static void PowersAndRoots(OperatorRegistry r)
    {
        r.UnaryFromInput<Square, SquareGradient>(
            "square",
            Sparse("square"),
            Times((c, x, y) => c.Scale(x, 2)),
            storage: StorageRules.Keep,
            gradientStorage: StorageRules.Keep
        );
        r.UnaryFromOutput<Reciprocal, ReciprocalGradient>("reciprocal", [], Times((c, x, y) => c.Negate(c.Square(y))));
        r.UnaryFromOutput<SquareRoot, SquareRootGradient>(
            "sqrt",
            Sparse("sqrt"),
            Times((c, x, y) => c.Scalar("_rdiv_scalar", y, 0.5)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromOutput<ReciprocalSquareRoot, ReciprocalSquareRootGradient>(
            "rsqrt",
            Sparse("rsqrt"),
            Times((c, x, y) => c.Scale(c.Multiply(y, c.Square(y)), -0.5))
        );
        r.UnaryFromOutput<CubeRoot, CubeRootGradient>(
            "cbrt",
            [],
            Times((c, x, y) => c.Scalar("_rdiv_scalar", c.Square(y), 1.0 / 3)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromOutput<ReciprocalCubeRoot, ReciprocalCubeRootGradient>(
            "rcbrt",
            [],
            Times((c, x, y) => c.Scale(c.Square(c.Square(y)), -1.0 / 3))
        );
    }

    private static void ExponentialsAndLogarithms(OperatorRegistry r)
    {
        r.UnaryFromOutput<Exp, ExpGradient>("exp", Sparse("exp"), Times((c, x, y) => y));
        r.UnaryFromInput<Log, LogGradient>("log", Sparse("log"), Times((c, x, y) => c.Call("reciprocal", x)));
        r.UnaryFromInput<Log10, Log10Gradient>(
            "log10",
            Sparse("log10"),
            Times((c, x, y) => c.Scalar("_rdiv_scalar", x, 1 / Math.Log(10)))
        );
        r.UnaryFromInput<Log2, Log2Gradient>(
            "log2",
            Sparse("log2"),
            Times((c, x, y) => c.Scalar("_rdiv_scalar", x, 1 / Math.Log(2)))
        );
        r.UnaryFromInput<Log1p, Log1pGradient>(
            "log1p",
            Sparse("log1p"),
            Times((c, x, y) => c.Call("reciprocal", c.Plus(x, 1))),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Expm1, Expm1Gradient>(
            "expm1",
            Sparse("expm1"),
            Times((c, x, y) => c.Call("exp", x)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Erf, ErfGradient>(
            "erf",
            [],
            Times((c, x, y) => c.Scale(c.Call("exp", c.Negate(c.Square(x))), 2 / Math.Sqrt(Math.PI)))
        );
        r.UnaryFromInput<Gamma, GammaGradient>("gamma", Sparse("gamma"));
        r.UnaryFromInput<LogGamma, LogGammaGradient>("gammaln", Sparse("gammaln"));
    }

    private static void Trigonometry(OperatorRegistry r)
    {
        r.UnaryFromInput<Sin, SinGradient>(
            "sin",
            Sparse("sin"),
            Times((c, x, y) => c.Call("cos", x)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Cos, CosGradient>(
            "cos",
            Sparse("cos"),
            Times((c, x, y) => c.Negate(c.Call("sin", x))),
            gradientStorage: StorageRules.Keep
        );
        r.UnaryFromOutput<Tan, TanGradient>(
            "tan",
            Sparse("tan"),
            Times((c, x, y) => c.Plus(c.Square(y), 1)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Arcsin, ArcsinGradient>(
            "arcsin",
            Sparse("arcsin"),
            Times((c, x, y) => c.Call("rsqrt", c.From(1, c.Square(x)))),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Arccos, ArccosGradient>(
            "arccos",
            Sparse("arccos"),
            Times((c, x, y) => c.Negate(c.Call("rsqrt", c.From(1, c.Square(x)))))
        );
        r.UnaryFromInput<Arctan, ArctanGradient>(
            "arctan",
            Sparse("arctan"),
            Times((c, x, y) => c.Call("reciprocal", c.Plus(c.Square(x), 1))),
            storage: StorageRules.KeepRows
        );
        Conversion<Degrees>(r, "degrees", 180 / Math.PI);
        Conversion<Radians>(r, "radians", Math.PI / 180);
    }

    private static void Conversion<TOp>(OperatorRegistry r, string name, double factor)
        where TOp : struct, Kernels.IUnaryOp =>
        r.Unary<TOp>(
            name,
            Sparse(name),
            c => c.Set(0, c.Scale(c.OutputGradient(0), factor)),
            storage: StorageRules.KeepRows
        );

    private static void Hyperbolic(OperatorRegistry r)
    {
        r.UnaryFromInput<Sinh, SinhGradient>(
            "sinh",
            Sparse("sinh"),
            Times((c, x, y) => c.Call("cosh", x)),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Cosh, CoshGradient>(
            "cosh",
            Sparse("cosh"),
            Times((c, x, y) => c.Call("sinh", x)),
            gradientStorage: StorageRules.Keep
        );
        r.UnaryFromOutput<Tanh, TanhGradient>(
            "tanh",
            Sparse("tanh"),
            Times((c, x, y) => c.From(1, c.Square(y))),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Arcsinh, ArcsinhGradient>(
            "arcsinh",
            Sparse("arcsinh"),
            Times((c, x, y) => c.Call("rsqrt", c.Plus(c.Square(x), 1))),
            storage: StorageRules.KeepRows
        );
        r.UnaryFromInput<Arccosh, ArccoshGradient>(
            "arccosh",
            Sparse("arccosh"),
            Times((c, x, y) => c.Call("rsqrt", c.Plus(c.Square(x), -1)))
        );
        r.UnaryFromInput<Arctanh, ArctanhGradient>(
            "arctanh",
            Sparse("arctanh"),
            Times((c, x, y) => c.Call("reciprocal", c.From(1, c.Square(x)))),
            storage: StorageRules.KeepRows
        );
    }
}
