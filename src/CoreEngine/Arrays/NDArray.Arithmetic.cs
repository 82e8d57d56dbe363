using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class NDArray
{
    /// <summary>Element-wise sum, with broadcasting.</summary>
    public static NDArray operator +(NDArray left, NDArray right) =>
        Binary("elemwise_add", "broadcast_add", left, right);

    /// <summary>Element-wise difference, with broadcasting.</summary>
    public static NDArray operator -(NDArray left, NDArray right) =>
        Binary("elemwise_sub", "broadcast_sub", left, right);

    /// <summary>Element-wise product, with broadcasting.</summary>
    public static NDArray operator *(NDArray left, NDArray right) =>
        Binary("elemwise_mul", "broadcast_mul", left, right);

    /// <summary>Element-wise quotient, with broadcasting.</summary>
    public static NDArray operator /(NDArray left, NDArray right) =>
        Binary("elemwise_div", "broadcast_div", left, right);

    /// <summary>Element-wise remainder with the divisor's sign, with broadcasting.</summary>
    public static NDArray operator %(NDArray left, NDArray right) => Binary("_mod", "broadcast_mod", left, right);

    /// <summary>Adds a number to every element.</summary>
    public static NDArray operator +(NDArray left, double right) => Scalar("_plus_scalar", left, right);

    /// <summary>Adds a number to every element.</summary>
    public static NDArray operator +(double left, NDArray right) => Scalar("_plus_scalar", right, left);

    /// <summary>Subtracts a number from every element.</summary>
    public static NDArray operator -(NDArray left, double right) => Scalar("_minus_scalar", left, right);

    /// <summary>Subtracts every element from a number.</summary>
    public static NDArray operator -(double left, NDArray right) => Scalar("_rminus_scalar", right, left);

    /// <summary>Multiplies every element by a number.</summary>
    public static NDArray operator *(NDArray left, double right) => Scalar("_mul_scalar", left, right);

    /// <summary>Multiplies every element by a number.</summary>
    public static NDArray operator *(double left, NDArray right) => Scalar("_mul_scalar", right, left);

    /// <summary>Divides every element by a number.</summary>
    public static NDArray operator /(NDArray left, double right) => Scalar("_div_scalar", left, right);

    /// <summary>Divides a number by every element.</summary>
    public static NDArray operator /(double left, NDArray right) => Scalar("_rdiv_scalar", right, left);

    /// <summary>Every element with its sign changed.</summary>
    public static NDArray operator -(NDArray value) => value.Call("negative");

    private NDArray Call(string name) => Imperative.Call(OperatorRegistry.Default[name].Bind(), this);

    private NDArray Call(string name, IParameters parameters) =>
        Imperative.Call(OperatorRegistry.Default[name].Bind(parameters), this);

    private static NDArray Binary(string sameShape, string broadcast, NDArray left, NDArray right)
    {
        string name = left.Shape == right.Shape ? sameShape : broadcast;
        return Imperative.Call(OperatorRegistry.Default[name].Bind(), left, right);
    }

    private static NDArray Scalar(string name, NDArray array, double scalar) =>
        array.Call(name, new ScalarParameters { Scalar = scalar });
}
