using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class NDArray
{
    private static readonly BinaryFunction s_add = new("elemwise_add", "broadcast_add");
    private static readonly BinaryFunction s_sub = new("elemwise_sub", "broadcast_sub");
    private static readonly BinaryFunction s_mul = new("elemwise_mul", "broadcast_mul");
    private static readonly BinaryFunction s_div = new("elemwise_div", "broadcast_div");
    private static readonly BinaryFunction s_mod = new("_mod", "broadcast_mod");
    private static readonly OperatorDef s_plusScalar = OperatorRegistry.Default["_plus_scalar"];
    private static readonly OperatorDef s_minusScalar = OperatorRegistry.Default["_minus_scalar"];
    private static readonly OperatorDef s_rminusScalar = OperatorRegistry.Default["_rminus_scalar"];
    private static readonly OperatorDef s_mulScalar = OperatorRegistry.Default["_mul_scalar"];
    private static readonly OperatorDef s_divScalar = OperatorRegistry.Default["_div_scalar"];
    private static readonly OperatorDef s_rdivScalar = OperatorRegistry.Default["_rdiv_scalar"];
    private static readonly BoundOperator s_negative = OperatorRegistry.Default["negative"].Bind();

    /// <summary>Element-wise sum, with broadcasting.</summary>
    public static NDArray operator +(NDArray left, NDArray right) => s_add.Call(left, right);

    /// <summary>Element-wise difference, with broadcasting.</summary>
    public static NDArray operator -(NDArray left, NDArray right) => s_sub.Call(left, right);

    /// <summary>Element-wise product, with broadcasting.</summary>
    public static NDArray operator *(NDArray left, NDArray right) => s_mul.Call(left, right);

    /// <summary>Element-wise quotient, with broadcasting.</summary>
    public static NDArray operator /(NDArray left, NDArray right) => s_div.Call(left, right);

    /// <summary>Element-wise remainder with the divisor's sign, with broadcasting.</summary>
    public static NDArray operator %(NDArray left, NDArray right) => s_mod.Call(left, right);

    /// <summary>Adds a number to every element.</summary>
    public static NDArray operator +(NDArray left, double right) => Scalar(s_plusScalar, left, right);

    /// <summary>Adds a number to every element.</summary>
    public static NDArray operator +(double left, NDArray right) => Scalar(s_plusScalar, right, left);

    /// <summary>Subtracts a number from every element.</summary>
    public static NDArray operator -(NDArray left, double right) => Scalar(s_minusScalar, left, right);

    /// <summary>Subtracts every element from a number.</summary>
    public static NDArray operator -(double left, NDArray right) => Scalar(s_rminusScalar, right, left);

    /// <summary>Multiplies every element by a number.</summary>
    public static NDArray operator *(NDArray left, double right) => Scalar(s_mulScalar, left, right);

    /// <summary>Multiplies every element by a number.</summary>
    public static NDArray operator *(double left, NDArray right) => Scalar(s_mulScalar, right, left);

    /// <summary>Divides every element by a number.</summary>
    public static NDArray operator /(NDArray left, double right) => Scalar(s_divScalar, left, right);

    /// <summary>Divides a number by every element.</summary>
    public static NDArray operator /(double left, NDArray right) => Scalar(s_rdivScalar, right, left);

    /// <summary>Every element with its sign changed.</summary>
    public static NDArray operator -(NDArray value) => Imperative.Call(s_negative, value);

    private NDArray Call(string name, IParameters parameters) =>
        Imperative.Call(OperatorRegistry.Default[name].Bind(parameters), this);

    private static NDArray Scalar(OperatorDef op, NDArray array, double scalar) =>
        Imperative.Call(op.Bind(scalar), array);
}
