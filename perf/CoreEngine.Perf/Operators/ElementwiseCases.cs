namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Functions of one, two and more arrays of one shape, and of an array and a number.</summary>
internal static class ElementwiseCases
{
    private const string Group = "element-wise";
    private const long Rows = 512;
    private const long Columns = 1024;

    private static readonly OperatorInput s_any = Signed(Rows, Columns);
    private static readonly OperatorInput s_positive = Uniform(0.1, 3, Rows, Columns);
    private static readonly OperatorInput s_inside = Uniform(-0.95, 0.95, Rows, Columns);
    private static readonly OperatorInput s_wide = Uniform(-4, 4, Rows, Columns);

    public static IEnumerable<OperatorCase> All =>
        [.. Differentiable(), .. Steps(), .. Copies(), .. Pairs(), .. Comparisons(), .. Scalars(), .. Others()];

    private static OperatorCase Unary(string name, OperatorInput x, string torch) => new(Group, name, [x], torch);

    private static IEnumerable<OperatorCase> Differentiable() =>
        (
            (OperatorCase[])
                [
                    Unary("abs", s_any, "torch.abs(a, out=y)"),
                    Unary("arccos", s_inside, "torch.arccos(a, out=y)"),
                    Unary("arccosh", Uniform(1.1, 4, Rows, Columns), "torch.arccosh(a, out=y)"),
                    Unary("arcsin", s_inside, "torch.arcsin(a, out=y)"),
                    Unary("arcsinh", s_wide, "torch.arcsinh(a, out=y)"),
                    Unary("arctan", s_wide, "torch.arctan(a, out=y)"),
                    Unary("arctanh", s_inside, "torch.arctanh(a, out=y)"),
                    Unary("cbrt", s_positive, "torch.pow(a, 1 / 3, out=y)"),
                    Unary("rcbrt", s_positive, "torch.pow(a, -1 / 3, out=y)"),
                    Unary("cos", s_wide, "torch.cos(a, out=y)"),
                    Unary("cosh", s_wide, "torch.cosh(a, out=y)"),
                    Unary("degrees", s_wide, "torch.rad2deg(a, out=y)"),
                    Unary("radians", s_wide, "torch.deg2rad(a, out=y)"),
                    Unary("erf", s_wide, "torch.erf(a, out=y)"),
                    Unary("exp", s_wide, "torch.exp(a, out=y)"),
                    Unary("expm1", s_wide, "torch.expm1(a, out=y)"),
                    Unary("gamma", Uniform(0.5, 5, Rows, Columns), "torch.exp(torch.lgamma(a))") with
                    {
                        Bound = 1e-4,
                    },
                    Unary("gammaln", s_positive, "torch.lgamma(a, out=y)"),
                    Unary("log", s_positive, "torch.log(a, out=y)"),
                    Unary("log10", s_positive, "torch.log10(a, out=y)"),
                    Unary("log1p", s_positive, "torch.log1p(a, out=y)"),
                    Unary("log2", s_positive, "torch.log2(a, out=y)"),
                    Unary("negative", s_any, "torch.neg(a, out=y)"),
                    Unary("reciprocal", s_positive, "torch.reciprocal(a, out=y)"),
                    Unary("relu", s_any, "torch.relu(a)"),
                    Unary("rsqrt", s_positive, "torch.rsqrt(a, out=y)"),
                    Unary("sigmoid", s_wide, "torch.sigmoid(a, out=y)"),
                    Unary("sin", s_wide, "torch.sin(a, out=y)"),
                    Unary("sinh", s_wide, "torch.sinh(a, out=y)"),
                    Unary("sqrt", s_positive, "torch.sqrt(a, out=y)"),
                    Unary("square", s_any, "torch.square(a, out=y)"),
                    Unary("tan", Uniform(-1.4, 1.4, Rows, Columns), "torch.tan(a, out=y)"),
                    Unary("tanh", s_wide, "torch.tanh(a, out=y)"),
                    Unary("clip", s_any, "torch.clamp(a, -0.5, 0.5, out=y)") with
                    {
                        Attributes = "a_min=-0.5; a_max=0.5",
                    },
                    Unary("smooth_l1", s_wide, "F.smooth_l1_loss(a, z, reduction='none')") with
                    {
                        Attributes = "scalar=1",
                        Setup = "z = torch.zeros_like(a)",
                    },
                ]
        ).Select(one => one with { Variables = "a" });

    private static OperatorCase[] Steps()
    {
        // Halves are rounded differently.
        OperatorInput untied = s_wide with
        {
            Value = random => [.. s_wide.Value(random).Select(x => x * 2 % 1 == 0 ? x + 0.01f : x)],
        };
        return
        [
            Unary("ceil", s_wide, "torch.ceil(a, out=y)"),
            Unary("floor", s_wide, "torch.floor(a, out=y)"),
            Unary("fix", s_wide, "torch.fix(a, out=y)"),
            Unary("trunc", s_wide, "torch.trunc(a, out=y)"),
            Unary("rint", untied, "torch.round(a, out=y)"),
            Unary("round", untied, "torch.round(a, out=y)"),
            Unary("sign", s_any, "torch.sign(a, out=y)"),
        ];
    }

    private static OperatorCase[] Copies()
    {
        const string Like = "y = torch.empty_like(a)";
        return
        [
            Unary("_copy", s_any, "y.copy_(a)") with
            {
                Setup = Like,
            },
            Unary("BlockGrad", s_any, "y.copy_(a)") with
            {
                Setup = Like,
            },
            Unary("make_loss", s_any, "y.copy_(a)") with
            {
                Setup = Like,
            },
            Unary("zeros_like", s_any, "y.zero_()") with
            {
                Setup = Like,
            },
            Unary("ones_like", s_any, "y.fill_(1)") with
            {
                Setup = Like,
            },
            Cast(DType.Float16, DType.Float32),
            Cast(DType.Float32, DType.Float16),
            Cast(DType.Float32, DType.Float64),
            Cast(DType.Float32, DType.Int32),
            Cast(DType.Int64, DType.Float32),
            Cast(DType.Float32, DType.UInt8),
        ];
    }

    private static OperatorCase Cast(DType from, DType to)
    {
        string source = from.ToString().ToLowerInvariant();
        string target = to.ToString().ToLowerInvariant();
        return new OperatorCase(Group, "Cast", [Uniform(0, 100, Rows, Columns) with { DType = from }], "y.copy_(v)")
        {
            Detail = $"{source} to {target}",
            Attributes = $"dtype={target}",
            Setup = $"v = a.to(torch.{source}); y = v.to(torch.{target})",
        };
    }

    private static OperatorCase[] Pairs() =>
        [
            Pair("elemwise_add", s_any, "torch.add"),
            Pair("elemwise_sub", s_any, "torch.sub"),
            Pair("elemwise_mul", s_any, "torch.mul"),
            Pair("elemwise_div", s_positive, "torch.div"),
            Pair("_maximum", s_any, "torch.maximum"),
            Pair("_minimum", s_any, "torch.minimum"),
            Pair("_hypot", s_positive, "torch.hypot"),
            Pair("_power", s_positive, "torch.pow"),
            Pair("_mod", s_positive, "torch.remainder"),
            Pair("_grad_add", s_any, "torch.add") with
            {
                Variables = "",
            },
            Pair("_scatter_elemwise_div", s_positive, "torch.div") with
            {
                Variables = "",
            },
        ];

    private static OperatorCase Pair(string name, OperatorInput x, string torch) =>
        new(Group, name, [x, x], $"{torch}(a, b, out=y)") { Variables = "ab" };

    /// <summary>The results are float32, as the operands are: PyTorch writes such, too, when it is given such an array.</summary>
    private static IEnumerable<OperatorCase> Comparisons() =>
        new[]
        {
            ("equal", "eq"),
            ("not_equal", "ne"),
            ("greater", "gt"),
            ("greater_equal", "ge"),
            ("lesser", "lt"),
            ("lesser_equal", "le"),
        }.SelectMany(pair =>
            (OperatorCase[])
                [
                    new(Group, $"_{pair.Item1}", [s_any, s_any], $"torch.{pair.Item2}(a, b, out=y)")
                    {
                        Setup = "y = torch.empty_like(a)",
                    },
                    new(Group, $"_{pair.Item1}_scalar", [s_any], $"torch.{pair.Item2}(a, 0.25, out=y)")
                    {
                        Attributes = "scalar=0.25",
                        Setup = "y = torch.empty_like(a)",
                    },
                ]
        );

    private static OperatorCase[] Scalars() =>
        [
            Scalar("_plus_scalar", "torch.add(a, 1.7, out=y)"),
            Scalar("_minus_scalar", "torch.sub(a, 1.7, out=y)"),
            Scalar("_rminus_scalar", "torch.rsub(a, 1.7)"),
            Scalar("_mul_scalar", "torch.mul(a, 1.7, out=y)"),
            Scalar("_div_scalar", "torch.div(a, 1.7, out=y)"),
            Scalar("_rdiv_scalar", "1.7 / a"),
            Scalar("_maximum_scalar", "torch.clamp_min(a, 1.7, out=y)"),
            Scalar("_minimum_scalar", "torch.clamp_max(a, 1.7, out=y)"),
            Scalar("_power_scalar", "torch.pow(a, 1.7, out=y)"),
            Scalar("_rpower_scalar", "torch.pow(1.7, a, out=y)"),
            Scalar("_hypot_scalar", "torch.hypot(a, s, out=y)") with
            {
                Setup = "s = torch.tensor(1.7)",
            },
            Scalar("_mod_scalar", "torch.remainder(a, 1.7, out=y)"),
            Scalar("_rmod_scalar", "torch.remainder(s, a, out=y)") with
            {
                Setup = "s = torch.tensor(1.7)",
            },
            Scalar("_scatter_plus_scalar", "torch.add(a, 1.7, out=y)") with
            {
                Variables = "",
            },
            Scalar("_scatter_minus_scalar", "torch.sub(a, 1.7, out=y)") with
            {
                Variables = "",
            },
        ];

    private static OperatorCase Scalar(string name, string torch) =>
        new(Group, name, [s_positive], torch) { Attributes = "scalar=1.7", Variables = "a" };

    private static OperatorCase[] Others() =>
        [
            new(Group, "add_n", [s_any, s_any, s_any, s_any], "a + b + c + d")
            {
                Detail = "of 4",
                Attributes = "num_args=4",
                Variables = "abcd",
            },
            new(Group, "where", [Label(2, Rows, Columns), s_any, s_any], "torch.where(m, b, c)")
            {
                Setup = "m = a.detach() > 0",
                Variables = "bc",
            },
            new(Group, "_identity_with_attr_like_rhs", [s_any, s_any], "y.copy_(a)")
            {
                Setup = "y = torch.empty_like(a)",
            },
        ];
}
