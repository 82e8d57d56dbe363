namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of the element-wise operators.</summary>
[TestClass]
public sealed class ElementwiseGradientTests
{
    private static readonly GradientInput s_any = [2, 3];
    private static readonly GradientInput s_awayFromZero = new(2, 3) { Avoid = [0] };
    private static readonly GradientInput s_positive = new(2, 3) { Low = 0.3, High = 3 };
    private static readonly GradientInput s_insideOne = new(2, 3) { Low = -0.9, High = 0.9 };
    private static readonly GradientInput s_aboveOne = new(2, 3) { Low = 1.2, High = 3 };
    private static readonly GradientInput s_awayFromHalves = new(2, 3)
    {
        Avoid = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2],
    };

    /// <summary>Functions of one array.</summary>
    public static IEnumerable<GradientCase> Unary =>
        [
            .. All(
                s_any,
                "_copy sigmoid negative square exp expm1 sin cos arctan sinh cosh tanh arcsinh erf degrees radians"
            ),
            .. All(s_awayFromZero, "relu abs reciprocal"),
            .. All(s_positive, "sqrt rsqrt cbrt rcbrt log log10 log2 log1p"),
            .. All(s_insideOne, "arcsin arccos arctanh tan"),
            .. All(s_aboveOne, "arccosh"),
            .. All(s_awayFromHalves, "sign round rint ceil floor trunc fix"),
            new("gamma", s_positive),
            new("gammaln", s_positive),
            Of("clip", s_any with { Avoid = [-1, 1] }, ("a_min", "-1"), ("a_max", "1")),
            .. All(s_any, "_copyto _CrossDeviceCopy ones_like zeros_like"),
            Of("cast_storage", s_any, ("stype", "default")) with
            {
                Twice = true,
            },
            Of("Cast", s_any, ("dtype", "float64")) with
            {
                Twice = true,
            },
            Of("smooth_l1", s_any with { Avoid = [-0.25, 0.25] }, ("scalar", "2")),
            Of("smooth_l1", s_any with { Avoid = [-0.64, 0.64] }, ("scalar", "1.25")),
        ];

    /// <summary>An array and a number.</summary>
    public static IEnumerable<GradientCase> Scalar =>
        [
            .. AllWithScalar(
                s_any,
                "1.5",
                "_plus_scalar _minus_scalar _rminus_scalar _mul_scalar _div_scalar _hypot_scalar"
            ),
            .. AllWithScalar(s_any, "1.5", "_scatter_plus_scalar _scatter_minus_scalar _rpower_scalar"),
            .. AllWithScalar(s_awayFromZero, "1.5", "_rdiv_scalar"),
            .. AllWithScalar(s_positive, "2.5", "_power_scalar"),
            .. AllWithScalar(s_any with { Avoid = [0.5] }, "0.5", "_maximum_scalar _minimum_scalar"),
            .. AllWithScalar(s_any with { Avoid = [-1.5, 0, 1.5] }, "1.5", "_mod_scalar"),
            .. AllWithScalar(new GradientInput(6) { Low = 1.1, High = 1.9 }, "4.7", "_rmod_scalar"),
            .. AllWithScalar(
                s_any with
                {
                    Avoid = [0.5],
                },
                "0.5",
                "_equal_scalar _not_equal_scalar _greater_scalar _greater_equal_scalar _lesser_scalar _lesser_equal_scalar"
            ),
        ];

    /// <summary>Two arrays, of one shape or broadcasting.</summary>
    public static IEnumerable<GradientCase> Binary
    {
        get
        {
            foreach (string name in "elemwise_add elemwise_sub elemwise_mul _grad_add _hypot".Split(' '))
            {
                yield return new GradientCase(name, [2, 3], [2, 3]) { Twice = true };
            }

            yield return new GradientCase("elemwise_div", s_any, s_awayFromZero) { Twice = true };
            yield return new GradientCase("_scatter_elemwise_div", s_any, s_awayFromZero);
            yield return new GradientCase("_power", s_positive, s_any) { Twice = true };
            yield return new GradientCase("_mod", Between(5.1, 5.9), Between(2.1, 2.4)) { Twice = true };
            yield return new GradientCase("_maximum", Between(-1, 1), s_any) { Twice = true };
            yield return new GradientCase("_minimum", Between(-1, 1), s_any) { Twice = true };
            foreach (string name in "equal not_equal greater greater_equal lesser lesser_equal".Split(' '))
            {
                yield return new GradientCase("_" + name, s_any, s_any) { Twice = true };
                yield return new GradientCase("broadcast_" + name, [2, 1], [1, 3]) { Twice = true };
            }

            yield return Of(
                "_fused_pointwise",
                [s_any, s_any],
                ("num_args", "2"),
                ("program", "t0 = elemwise_mul(x0, x1); t1 = sigmoid(t0); t2 = elemwise_add(t1, x0); return t2, t1")
            ) with
            {
                Twice = true,
            };
            yield return new GradientCase("_identity_with_attr_like_rhs", s_any, s_any) { Twice = true };
            yield return new GradientCase("reshape_like", [2, 6], [3, 4]) { Twice = true };
            yield return new GradientCase("where", GradientInput.Whole(0, 1, 2, 3), s_any, s_any) { Twice = true };
            yield return new GradientCase("where", GradientInput.Whole(0, 1, 4), [4, 2, 3], [4, 2, 3]) { Twice = true };
            yield return Of("add_n", [s_any, s_any, s_any], ("num_args", "3")) with
            {
                Twice = true,
            };
            foreach (GradientCase one in Broadcasting())
            {
                yield return one;
            }
        }
    }

    private static IEnumerable<GradientCase> Broadcasting()
    {
        (long[] Left, long[] Right)[] shapes =
        [
            ([2, 3], [2, 3]),
            ([2, 3], [1, 3]),
            ([2, 1], [1, 3]),
            ([2, 1, 3], [4, 1]),
            ([3], [2, 2, 3]),
            ([1], [2, 3]),
        ];
        string[] names = ["add", "sub", "mul", "div", "mod", "power", "maximum", "minimum", "hypot"];
        foreach (string name in names)
        {
            foreach ((long[] left, long[] right) in shapes)
            {
                var x = new GradientInput(left);
                var y = new GradientInput(right);
                (x, y) = name switch
                {
                    "div" => (x, y with { Avoid = [0] }),
                    "mod" => (x with { Low = 5.1, High = 5.9 }, y with { Low = 2.1, High = 2.4 }),
                    "power" => (x with { Low = 0.3 }, y),
                    _ => (x, y),
                };
                yield return new GradientCase("broadcast_" + name, x, y) { Twice = true };
            }
        }
    }

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Unary))]
    [DynamicData(nameof(Scalar))]
    [DynamicData(nameof(Binary))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);

    private static GradientInput Between(double low, double high) => new(2, 3) { Low = low, High = high };

    private static IEnumerable<GradientCase> All(GradientInput input, string names) =>
        names.Split(' ').Select(name => new GradientCase(name, input) { Twice = true });

    private static IEnumerable<GradientCase> AllWithScalar(GradientInput input, string scalar, string names) =>
        names.Split(' ').Select(name => Of(name, input, ("scalar", scalar)) with { Twice = true });

    private static GradientCase Of(string name, GradientInput input, params (string Key, string Value)[] attributes) =>
        Of(name, [input], attributes);

    private static GradientCase Of(string name, GradientInput[] inputs, params (string Key, string Value)[] attributes)
    {
        var one = new GradientCase(name, inputs);
        foreach ((string key, string value) in attributes)
        {
            one.Attributes[key] = value;
        }

        return one;
    }
}
