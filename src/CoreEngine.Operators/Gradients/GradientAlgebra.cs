namespace CoreEngine.Operators;

/// <summary>
/// Arithmetic on values, for gradients that are composed of differentiable operators. Shapes broadcast, so the same
/// composition serves operators of one shape and broadcasting ones.
/// </summary>
internal static class GradientAlgebra
{
    internal static Value Add(this GradientContext c, Value x, Value y) => c.Call("broadcast_add", x, y);

    internal static Value Subtract(this GradientContext c, Value x, Value y) => c.Call("broadcast_sub", x, y);

    internal static Value Multiply(this GradientContext c, Value x, Value y) => c.Call("broadcast_mul", x, y);

    internal static Value Divide(this GradientContext c, Value x, Value y) => c.Call("broadcast_div", x, y);

    internal static Value Negate(this GradientContext c, Value x) => c.Call("negative", x);

    internal static Value Square(this GradientContext c, Value x) => c.Call("square", x);

    /// <summary>A value plus a constant.</summary>
    internal static Value Plus(this GradientContext c, Value x, double number) => c.Scalar("_plus_scalar", x, number);

    /// <summary>A constant minus a value.</summary>
    internal static Value From(this GradientContext c, double number, Value x) => c.Scalar("_rminus_scalar", x, number);

    /// <summary>A value to a constant power.</summary>
    internal static Value Power(this GradientContext c, Value x, double exponent) =>
        c.Scalar("_power_scalar", x, exponent);

    /// <summary>An operator of a value and a number.</summary>
    internal static Value Scalar(this GradientContext c, string name, Value x, double number) =>
        c.Call(name, new ScalarParameters { Scalar = number }, x);

    /// <summary>
    /// The rule that multiplies the output's gradient by a derivative, which is stated from the input x and the output y.
    /// </summary>
    internal static GradientRule Times(Func<GradientContext, Value, Value, Value> derivative) =>
        c => c.Set(0, c.Multiply(c.OutputGradient(0), derivative(c, c.Input(0), c.Output(0))));
}
