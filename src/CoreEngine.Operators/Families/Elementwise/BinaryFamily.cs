using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Arithmetic and comparison of two arrays, of broadcasting arrays, and of an array and a number.</summary>
internal static class BinaryFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Sums(registry);
        Products(registry);
        Remainders(registry);
        Powers(registry);
        Extremes(registry);
        Hypotenuses(registry);
        Comparisons(registry);
    }

    private static void Sums(OperatorRegistry r)
    {
        GradientRule sum = c =>
        {
            c.Set(0, c.OutputGradient(0));
            c.Set(1, c.OutputGradient(0));
        };
        r.Binary<Add>(
            "elemwise_add",
            ["_Plus", "_add", "_plus", "_sparse_elemwise_add"],
            sum,
            storage: StorageRules.Keep
        );
        r.Binary<Add>("_grad_add", [], sum, storage: StorageRules.Keep);
        r.Broadcasting<Add>("broadcast_add", ["broadcast_plus"], BroadcastFamily.SumBoth("elemwise_add"));
        r.Scalar<Add>("_plus_scalar", ["_PlusScalar"], Gradient.Identity, storage: StorageRules.Dense);

        GradientRule negative = c => c.Set(0, c.Negate(c.OutputGradient(0)));
        r.Binary<Subtract>(
            "elemwise_sub",
            ["_Minus", "_minus", "_sparse_elemwise_sub", "_sub"],
            c =>
            {
                c.Set(0, c.OutputGradient(0));
                c.Set(1, c.Negate(c.OutputGradient(0)));
            },
            storage: StorageRules.Keep
        );
        r.Broadcasting<Subtract>("broadcast_sub", ["broadcast_minus"], BroadcastFamily.SumBoth("elemwise_sub"));
        r.Scalar<Subtract>("_minus_scalar", ["_MinusScalar"], Gradient.Identity, storage: StorageRules.Dense);
        r.Scalar<Subtract>("_rminus_scalar", ["_RMinusScalar"], negative, reversed: true);
    }

    private static void Products(OperatorRegistry r)
    {
        // Two products are as fast as one fused operator, and differentiable as they are.
        r.Binary<Multiply>(
            "elemwise_mul",
            ["_Mul", "_mul", "_sparse_elemwise_mul"],
            c =>
            {
                c.Set(0, c.Call("elemwise_mul", c.OutputGradient(0), c.Input(1)));
                c.Set(1, c.Call("elemwise_mul", c.OutputGradient(0), c.Input(0)));
            },
            storage: StorageRules.Keep
        );
        r.Broadcasting<Multiply, MultiplyLeft, MultiplyRight>("broadcast_mul", [], (c, x, y, z) => (y, x));
        r.Scalar<Multiply>(
            "_mul_scalar",
            ["_MulScalar"],
            c => c.Set(0, c.CallWithSameParameters("_mul_scalar", c.OutputGradient(0))),
            storage: StorageRules.Keep
        );

        BinaryRegistration.Derivatives quotient = (c, x, y, z) => (c.Call("reciprocal", y), c.Negate(c.Divide(z, y)));
        r.Arrays<Divide, DivideLeft, DivideRight>(
            "elemwise_div",
            ["_Div", "_div", "_sparse_elemwise_div"],
            quotient,
            StorageRules.DenseOfRows
        );
        r.Broadcasting<Divide, DivideLeft, DivideRight>("broadcast_div", [], quotient);
        r.Scalar<Divide>(
            "_div_scalar",
            ["_DivScalar"],
            c => c.Set(0, c.CallWithSameParameters("_div_scalar", c.OutputGradient(0))),
            storage: StorageRules.Keep
        );
        r.ScalarWithDerivative<Divide, DivideRight>(
            "_rdiv_scalar",
            ["_RDivScalar"],
            GradientAlgebra.Times((c, y, z) => c.Negate(c.Divide(z, y))),
            reversed: true
        );
    }

    // Differentiated again, the quotient's floor counts as constant, which it is almost everywhere.
    private static void Remainders(OperatorRegistry r)
    {
        BinaryRegistration.Derivatives remainder = (c, x, y, z) =>
            (c.Call("ones_like", z), c.Negate(c.Call("floor", c.Divide(x, y))));
        r.Arrays<Modulo, ModuloLeft, ModuloRight>("_mod", ["_Mod"], remainder);
        r.Broadcasting<Modulo, ModuloLeft, ModuloRight>("broadcast_mod", [], remainder);
        r.Scalar<Modulo>("_mod_scalar", ["_ModScalar"], Gradient.Identity);
        r.ScalarWithDerivative<Modulo, ModuloRight>(
            "_rmod_scalar",
            ["_RModScalar"],
            c =>
                c.Set(
                    0,
                    c.Multiply(
                        c.OutputGradient(0),
                        c.Negate(c.Call("floor", c.CallWithSameParameters("_rdiv_scalar", c.Input(0))))
                    )
                ),
            reversed: true
        );
    }

    private static void Powers(OperatorRegistry r)
    {
        BinaryRegistration.Derivatives power = (c, x, y, z) =>
            (c.Multiply(y, c.Call("broadcast_power", x, c.Plus(y, -1))), c.Multiply(z, c.Call("log", x)));
        r.Arrays<Power, PowerLeft, PowerRight>("_power", ["_Power"], power, StorageRules.DenseOfRows);
        r.Broadcasting<Power, PowerLeft, PowerRight>("broadcast_power", [], power);
        r.ScalarWithDerivative<Power, PowerLeft>(
            "_power_scalar",
            ["_PowerScalar"],
            c =>
            {
                double exponent = c.Operator.Parameters<ScalarParameters>().Scalar;
                c.Set(0, c.Multiply(c.OutputGradient(0), c.Scale(c.Power(c.Input(0), exponent - 1), exponent)));
            }
        );
        // From the result, which saves the power.
        const string Backward = "_backward_rpower_scalar";
        r.Add(
            new OperatorDef(Backward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                NewParameters = () => new ScalarParameters(),
                Inputs = ["ograd", "out"],
                Inplace = [(0, 0), (1, 0)],
                Kernel = static (ref KernelContext context) =>
                    BinaryRegistration.RunBody(
                        ref context,
                        new ExponentialGradient(BinaryRegistration.Number(ref context))
                    ),
            }
        );
        r.Scalar<Power>(
            "_rpower_scalar",
            ["_RPowerScalar"],
            c => c.Set(0, c.CallWithSameParameters(Backward, c.OutputGradient(0), c.Output(0))),
            reversed: true,
            composed: c =>
            {
                double logarithm = Math.Log(c.Operator.Parameters<ScalarParameters>().Scalar);
                c.Set(0, c.Multiply(c.OutputGradient(0), c.Scale(c.Output(0), logarithm)));
            }
        );
    }

    private static void Extremes(OperatorRegistry r)
    {
        Extreme<Maximum, MaximumLeft, MaximumRight>(r, "maximum", "Maximum", "greater_equal", "lesser");
        Extreme<Minimum, MinimumLeft, MinimumRight>(r, "minimum", "Minimum", "lesser_equal", "greater");
    }

    /// <summary>Where both operands are equal, the whole gradient flows to the left one.</summary>
    private static void Extreme<TOp, TLeft, TRight>(
        OperatorRegistry r,
        string name,
        string alias,
        string leftWins,
        string rightWins
    )
        where TOp : struct, IBinaryOp
        where TLeft : struct, IDerivative
        where TRight : struct, IDerivative
    {
        BinaryRegistration.Derivatives composed = (c, x, y, z) =>
            (c.Call($"broadcast_{leftWins}", x, y), c.Call($"broadcast_{rightWins}", x, y));
        r.Arrays<TOp, TLeft, TRight>($"_{name}", [$"_{alias}"], composed, StorageRules.Keep);
        r.Broadcasting<TOp, TLeft, TRight>($"broadcast_{name}", [], composed);
        r.ScalarWithDerivative<TOp, TLeft>(
            $"_{name}_scalar",
            [$"_{alias}Scalar"],
            c => c.Set(0, c.Multiply(c.OutputGradient(0), c.CallWithSameParameters($"_{leftWins}_scalar", c.Input(0))))
        );
    }

    private static void Hypotenuses(OperatorRegistry r)
    {
        BinaryRegistration.Derivatives hypotenuse = (c, x, y, z) => (c.Divide(x, z), c.Divide(y, z));
        r.Arrays<Hypotenuse, HypotenuseLeft, HypotenuseRight>("_hypot", ["_Hypot"], hypotenuse, StorageRules.Keep);
        r.Broadcasting<Hypotenuse, HypotenuseLeft, HypotenuseRight>("broadcast_hypot", [], hypotenuse);
        r.ScalarWithDerivative<Hypotenuse, HypotenuseLeft>(
            "_hypot_scalar",
            ["_HypotScalar"],
            GradientAlgebra.Times((c, x, z) => c.Divide(x, z))
        );
    }

    private static void Comparisons(OperatorRegistry r)
    {
        Comparison<Equal>(r, "equal", "_Equal", "_EqualScalar");
        Comparison<NotEqual>(r, "not_equal", "_Not_Equal", "_NotEqualScalar");
        Comparison<Greater>(r, "greater", "_Greater", "_GreaterScalar");
        Comparison<GreaterOrEqual>(r, "greater_equal", "_Greater_Equal", "_GreaterEqualScalar");
        Comparison<Less>(r, "lesser", "_Lesser", "_LesserScalar");
        Comparison<LessOrEqual>(r, "lesser_equal", "_Lesser_Equal", "_LesserEqualScalar");
    }

    private static void Comparison<TOp>(OperatorRegistry r, string name, string alias, string scalarAlias)
        where TOp : struct, IBinaryOp
    {
        r.Binary<TOp>($"_{name}", [alias], Gradient.Zero);
        r.Broadcasting<TOp>($"broadcast_{name}", [], Gradient.Zero);
        r.Scalar<TOp>($"_{name}_scalar", [scalarAlias], Gradient.Zero);
    }
}
