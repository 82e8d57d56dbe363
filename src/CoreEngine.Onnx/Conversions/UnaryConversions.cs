namespace CoreEngine.Onnx;

/// <summary>Functions of one element: arithmetic, trigonometry, roundings and activations.</summary>
internal static class UnaryConversions
{
    public static void Register(ConversionTable table)
    {
        foreach (
            (string onnx, string name) in (ReadOnlySpan<(string, string)>)
                [
                    ("Abs", "abs"),
                    ("Acos", "arccos"),
                    ("Acosh", "arccosh"),
                    ("Asin", "arcsin"),
                    ("Asinh", "arcsinh"),
                    ("Atan", "arctan"),
                    ("Atanh", "arctanh"),
                    ("Ceil", "ceil"),
                    ("Cos", "cos"),
                    ("Cosh", "cosh"),
                    ("Erf", "erf"),
                    ("Exp", "exp"),
                    ("Floor", "floor"),
                    ("Log", "log"),
                    ("Neg", "negative"),
                    ("Reciprocal", "reciprocal"),
                    ("Relu", "relu"),
                    ("Sigmoid", "sigmoid"),
                    ("Sign", "sign"),
                    ("Sin", "sin"),
                    ("Sinh", "sinh"),
                    ("Sqrt", "sqrt"),
                    ("Tan", "tan"),
                    ("Tanh", "tanh"),
                ]
        )
        {
            table.Add(
                onnx,
                c =>
                {
                    c.Ignore("consumed_inputs");
                    c.Set(c.Map(name, c.Input(0)));
                }
            );
        }

        table.Add("Identity", c => c.Set(c.Input(0)));
        table.Add("Not", c => c.Set(Not(c, c.Input(0))));
        table.Add("IsNaN", c => c.Set(c.Compare("not_equal", c.Input(0), c.Input(0))));
        table.Add("IsInf", c => c.Set(IsInfinite(c)));
        table.Add("Round", c => c.Set(RoundToEven(c, c.Input(0))));
        table.Add("Softplus", c => c.Set(Softplus(c, c.Input(0))));
        table.Add("Softsign", c => c.Set(c.Divide(c.Input(0), c.Plus(c.Map("abs", c.Input(0)), 1))));
        table.Add("Elu", c => c.Set(Elu(c, c.Input(0), c.Real("alpha", 1), 1)));
        table.Add("Selu", c => c.Set(Selu(c)));
        table.Add("Celu", c => c.Set(Celu(c)));
        table.Add("LeakyRelu", c => c.Set(LeakyRelu(c, c.Input(0), c.Real("alpha", 0.01))));
        table.Add("PRelu", c => c.Set(ParametricRelu(c)));
        table.Add("ThresholdedRelu", c => c.Set(ThresholdedRelu(c)));
        table.Add("HardSigmoid", c => c.Set(HardSigmoid(c, c.Input(0), c.Real("alpha", 0.2), c.Real("beta", 0.5))));
        table.Add("HardSwish", c => c.Set(c.Multiply(c.Input(0), HardSigmoid(c, c.Input(0), 1.0 / 6, 0.5))));
        table.Add("Gelu", c => c.Set(Gelu(c)));
        table.Add("Mish", c => c.Set(c.Multiply(c.Input(0), c.Map("tanh", Softplus(c, c.Input(0))))));
        table.Add("Shrink", c => c.Set(Shrink(c)));
        table.Add("Clip", c => c.Set(Clip(c)));
        table.Add("Dropout", Dropout);
    }

    /// <summary>Not of truth values.</summary>
    public static OnnxValue Not(NodeConversion c, OnnxValue x) =>
        c.Map("_equal_scalar", x.As(OnnxElementType.UInt8, x.Dims), ("scalar", "0")).As(OnnxElementType.Bool, x.Dims);

    /// <summary>ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|), which does not overflow.</summary>
    public static OnnxValue Softplus(NodeConversion c, OnnxValue x) =>
        c.Add(c.Map("relu", x), c.Map("log1p", c.Map("exp", c.Map("negative", c.Map("abs", x)))));

    /// <summary>x above 0, alpha * (e^(x * inner) - 1) below.</summary>
    public static OnnxValue Elu(NodeConversion c, OnnxValue x, double alpha, double inner)
    {
        OnnxValue below = c.WithScalar("minimum", x, 0);
        OnnxValue scaled = inner == 1 ? below : c.Times(below, inner);
        return c.Add(c.Map("relu", x), c.Times(c.Map("expm1", scaled), alpha));
    }

    /// <summary>x above 0, alpha * x below.</summary>
    public static OnnxValue LeakyRelu(NodeConversion c, OnnxValue x, double alpha) =>
        c.Add(c.Map("relu", x), c.Times(c.WithScalar("minimum", x, 0), alpha));

    /// <summary>alpha * x + beta, cut off at 0 and 1.</summary>
    public static OnnxValue HardSigmoid(NodeConversion c, OnnxValue x, double alpha, double beta) =>
        c.Map("clip", c.Plus(c.Times(x, alpha), beta), ("a_min", "0"), ("a_max", "1"));

    /// <summary>The nearest whole number, the even one of two that are equally near.</summary>
    public static OnnxValue RoundToEven(NodeConversion c, OnnxValue x)
    {
        OnnxValue below = c.Map("floor", x);
        OnnxValue rest = c.Subtract(x, below);
        OnnxValue isOdd = c.WithScalar("mod", below, 2);
        OnnxValue isTie = c.WithScalar("equal", rest, 0.5);
        OnnxValue up = c.Add(
            c.WithScalar("greater", rest, 0.5),
            c.Multiply(isTie, c.WithScalar("not_equal", isOdd, 0))
        );
        return c.Add(below, up);
    }

    private static OnnxValue IsInfinite(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        bool positive = c.Flag("detect_positive", true);
        bool negative = c.Flag("detect_negative", true);
        if (positive && negative)
            return c.ToBool(c.WithScalar("equal", c.Map("abs", x), double.PositiveInfinity));
        if (!positive && !negative)
            return c.ToBool(c.Map("zeros_like", x));
        return c.ToBool(c.WithScalar("equal", x, positive ? double.PositiveInfinity : double.NegativeInfinity));
    }

    private static OnnxValue Selu(NodeConversion c)
    {
        double alpha = c.Real("alpha", 1.67326319217681884765625);
        double gamma = c.Real("gamma", 1.05070102214813232421875);
        return c.Times(Elu(c, c.Input(0), alpha, 1), gamma);
    }

    private static OnnxValue Celu(NodeConversion c)
    {
        double alpha = c.Real("alpha", 1);
        return Elu(c, c.Input(0), alpha, 1 / alpha);
    }

    /// <summary>x times the normal distribution's share below x, or its usual approximation by a hyperbolic tangent.</summary>
    private static OnnxValue Gelu(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue share = c.Text("approximate", "none") switch
        {
            "none" => c.Map("erf", c.Times(x, Math.Sqrt(0.5))),
            "tanh" => c.Map(
                "tanh",
                c.Times(c.Multiply(x, c.Plus(c.Times(c.Map("square", x), 0.044715), 1)), Math.Sqrt(2 / Math.PI))
            ),
            string other => throw c.Wrong($"the approximation '{other}' is neither none nor tanh"),
        };
        return c.Multiply(c.Times(x, 0.5), c.Plus(share, 1));
    }

    private static OnnxValue ParametricRelu(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue slope = c.Input(1);
        // Before version 7 a slope per channel was not broadcast by the usual rules.
        if (c.Opset < 7 && slope.Rank == 1 && slope.Dims[0] > 1 && x.Rank > 1)
            slope = c.Reshape(slope, [slope.Dims[0], .. Enumerable.Repeat(1L, x.Rank - 2)]);
        OnnxValue below = c.Multiply(c.WithScalar("minimum", x, 0), slope);
        return c.Add(c.Map("relu", x), below);
    }

    private static OnnxValue ThresholdedRelu(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        return c.Multiply(x, c.WithScalar("greater", x, c.Real("alpha", 1)));
    }

    private static OnnxValue Shrink(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        double bias = c.Real("bias", 0);
        double lambda = c.Real("lambd", 0.5);
        OnnxValue below = c.Multiply(c.Plus(x, bias), c.WithScalar("lesser", x, -lambda));
        OnnxValue above = c.Multiply(c.Plus(x, -bias), c.WithScalar("greater", x, lambda));
        return c.Add(below, above);
    }

    private static OnnxValue Clip(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        double? low = c.OptionalReal("min");
        double? high = c.OptionalReal("max");
        if (c.Has(1))
            x = c.Binary("maximum", x, c.Input(1));
        else if (low is not null)
            x = c.WithScalar("maximum", x, low.Value);
        if (c.Has(2))
            x = c.Binary("minimum", x, c.Input(2));
        else if (high is not null)
            x = c.WithScalar("minimum", x, high.Value);
        return x;
    }

    /// <summary>Nothing is dropped when a model is used; what a training mode would drop is left to chance, and refused.</summary>
    private static void Dropout(NodeConversion c)
    {
        foreach (string name in (ReadOnlySpan<string>)["ratio", "seed", "is_test", "consumed_inputs"])
        {
            c.Ignore(name);
        }

        OnnxValue x = c.Input(0);
        bool isTraining = c.Has(2) && c.Known(2, "the training mode").ToIntegers()[0] != 0;
        double ratio = c.Has(1) ? c.Known(1, "the ratio").ToDoubles()[0] : 0.5;
        if (isTraining && ratio != 0)
            throw c.Unsupported("it drops by chance; import the model for inference, or use the operator Dropout");
        c.Set(x);
        if (c.Wants(1))
            c.Set(1, c.Filled(1, OnnxElementType.Bool, x.Dims));
    }
}
