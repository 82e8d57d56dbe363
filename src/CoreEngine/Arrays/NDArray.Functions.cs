using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class NDArray
{
    private static readonly BinaryFunction s_power = new("_power", "broadcast_power");
    private static readonly BinaryFunction s_maximum = new("_maximum", "broadcast_maximum");
    private static readonly BinaryFunction s_minimum = new("_minimum", "broadcast_minimum");
    private static readonly BinaryFunction s_equal = new("_equal", "broadcast_equal");
    private static readonly BinaryFunction s_greater = new("_greater", "broadcast_greater");
    private static readonly BinaryFunction s_lesser = new("_lesser", "broadcast_lesser");
    private static readonly OperatorDef s_powerScalar = OperatorRegistry.Default["_power_scalar"];
    private static readonly OperatorDef s_maximumScalar = OperatorRegistry.Default["_maximum_scalar"];
    private static readonly OperatorDef s_minimumScalar = OperatorRegistry.Default["_minimum_scalar"];
    private static readonly OperatorDef s_greaterScalar = OperatorRegistry.Default["_greater_scalar"];
    private static readonly OperatorDef s_lesserScalar = OperatorRegistry.Default["_lesser_scalar"];
    private static readonly BoundOperator s_abs = OperatorRegistry.Default["abs"].Bind();
    private static readonly BoundOperator s_exp = OperatorRegistry.Default["exp"].Bind();
    private static readonly BoundOperator s_log = OperatorRegistry.Default["log"].Bind();
    private static readonly BoundOperator s_sqrt = OperatorRegistry.Default["sqrt"].Bind();
    private static readonly BoundOperator s_square = OperatorRegistry.Default["square"].Bind();
    private static readonly BoundOperator s_sin = OperatorRegistry.Default["sin"].Bind();
    private static readonly BoundOperator s_cos = OperatorRegistry.Default["cos"].Bind();
    private static readonly BoundOperator s_tanh = OperatorRegistry.Default["tanh"].Bind();
    private static readonly BoundOperator s_sigmoid = OperatorRegistry.Default["sigmoid"].Bind();
    private static readonly BoundOperator s_relu = OperatorRegistry.Default["relu"].Bind();

    /// <summary>The magnitude of every element.</summary>
    public NDArray Abs() => Imperative.Call(s_abs, this);

    /// <summary>e to the power of every element.</summary>
    public NDArray Exp() => Imperative.Call(s_exp, this);

    /// <summary>The natural logarithm of every element.</summary>
    public NDArray Log() => Imperative.Call(s_log, this);

    /// <summary>The square root of every element.</summary>
    public NDArray Sqrt() => Imperative.Call(s_sqrt, this);

    /// <summary>The square of every element.</summary>
    public NDArray Square() => Imperative.Call(s_square, this);

    /// <summary>The sine of every element.</summary>
    public NDArray Sin() => Imperative.Call(s_sin, this);

    /// <summary>The cosine of every element.</summary>
    public NDArray Cos() => Imperative.Call(s_cos, this);

    /// <summary>The hyperbolic tangent of every element.</summary>
    public NDArray Tanh() => Imperative.Call(s_tanh, this);

    /// <summary>The logistic function of every element.</summary>
    public NDArray Sigmoid() => Imperative.Call(s_sigmoid, this);

    /// <summary>Every element, or 0 where it is negative.</summary>
    public NDArray Relu() => Imperative.Call(s_relu, this);

    /// <summary>Every element to a power.</summary>
    public NDArray Power(double exponent) => Scalar(s_powerScalar, this, exponent);

    /// <summary>Every element to the power of another array's, with broadcasting.</summary>
    public NDArray Power(NDArray exponent) => s_power.Call(this, exponent);

    /// <summary>The larger of every element and a number.</summary>
    public NDArray Maximum(double bound) => Scalar(s_maximumScalar, this, bound);

    /// <summary>The larger of two arrays' elements, with broadcasting.</summary>
    public NDArray Maximum(NDArray other) => s_maximum.Call(this, other);

    /// <summary>The smaller of every element and a number.</summary>
    public NDArray Minimum(double bound) => Scalar(s_minimumScalar, this, bound);

    /// <summary>The smaller of two arrays' elements, with broadcasting.</summary>
    public NDArray Minimum(NDArray other) => s_minimum.Call(this, other);

    /// <summary>Every element, kept between two bounds.</summary>
    public NDArray Clip(double min, double max) =>
        Call("clip", new ClipParameters { Min = (float)min, Max = (float)max });

    /// <summary>1 where the elements of two arrays are equal, else 0, with broadcasting.</summary>
    public NDArray EqualTo(NDArray other) => s_equal.Call(this, other);

    /// <summary>1 where the left element is greater, else 0, with broadcasting.</summary>
    public static NDArray operator >(NDArray left, NDArray right) => s_greater.Call(left, right);

    /// <summary>1 where the left element is less, else 0, with broadcasting.</summary>
    public static NDArray operator <(NDArray left, NDArray right) => s_lesser.Call(left, right);

    /// <summary>1 where an element is greater than a number, else 0.</summary>
    public static NDArray operator >(NDArray left, double right) => Scalar(s_greaterScalar, left, right);

    /// <summary>1 where an element is less than a number, else 0.</summary>
    public static NDArray operator <(NDArray left, double right) => Scalar(s_lesserScalar, left, right);

    /// <summary>The sum over some axes; over all, to shape (1,), when none are given.</summary>
    /// <param name="axes">The axes to sum over; negative ones count from the end.</param>
    /// <param name="keepDims">Keep the summed axes with extent 1.</param>
    public NDArray Sum(long[]? axes = null, bool keepDims = false) => Reduce("sum", axes, keepDims);

    /// <summary>The mean over some axes; over all, to shape (1,), when none are given.</summary>
    /// <inheritdoc cref="Sum"/>
    public NDArray Mean(long[]? axes = null, bool keepDims = false) => Reduce("mean", axes, keepDims);

    /// <summary>The largest element over some axes; over all, to shape (1,), when none are given.</summary>
    /// <inheritdoc cref="Sum"/>
    public NDArray Max(long[]? axes = null, bool keepDims = false) => Reduce("max", axes, keepDims);

    /// <summary>The smallest element over some axes; over all, to shape (1,), when none are given.</summary>
    /// <inheritdoc cref="Sum"/>
    public NDArray Min(long[]? axes = null, bool keepDims = false) => Reduce("min", axes, keepDims);

    /// <summary>The product over some axes; over all, to shape (1,), when none are given.</summary>
    /// <inheritdoc cref="Sum"/>
    public NDArray Prod(long[]? axes = null, bool keepDims = false) => Reduce("prod", axes, keepDims);

    /// <summary>Where the largest element along an axis is (the first of equals), as numbers of this array's type.</summary>
    public NDArray ArgMax(int axis) => Call("argmax", new ArgReductionParameters { Axis = axis });

    /// <summary>Where the smallest element along an axis is (the first of equals), as numbers of this array's type.</summary>
    public NDArray ArgMin(int axis) => Call("argmin", new ArgReductionParameters { Axis = axis });

    /// <summary>The product of matrices; in general, of this array's last axis with the other's first.</summary>
    public NDArray Dot(NDArray other, bool transposeThis = false, bool transposeOther = false)
    {
        var parameters = new DotParameters { TransposeA = transposeThis, TransposeB = transposeOther };
        return Imperative.Call("dot", parameters, this, other);
    }

    /// <summary>The axes in another order; reversed when none is given.</summary>
    public NDArray Transpose(params long[] axes) => Call("transpose", new TransposeParameters { Axes = axes });

    /// <summary>A new axis of extent 1.</summary>
    public NDArray ExpandDims(int axis) => Call("expand_dims", new ExpandDimsParameters { Axis = axis });

    /// <summary>Axes of extent 1 repeated until the array has this shape.</summary>
    public NDArray BroadcastTo(Shape shape) =>
        Call("broadcast_to", new BroadcastToParameters { Shape = shape.Dims.ToArray() });

    /// <summary>exp(x) / sum(exp(x)) along an axis.</summary>
    public NDArray Softmax(int axis = -1) => Call("softmax", new SoftmaxParameters { Axis = axis });

    /// <summary>The logarithm of <see cref="Softmax"/>, without its loss of precision.</summary>
    public NDArray LogSoftmax(int axis = -1) => Call("log_softmax", new SoftmaxParameters { Axis = axis });

    /// <summary>The rows with these numbers; numbers beyond the ends mean the first or last row.</summary>
    public NDArray Take(NDArray indices) => Imperative.Call("take", new TakeParameters(), this, indices);

    /// <summary>One element per position along an axis: the one whose number the index array holds.</summary>
    public NDArray Pick(NDArray indices, int axis = -1) =>
        Imperative.Call("pick", new PickParameters { Axis = axis }, this, indices);

    /// <summary>A new last axis with 1 at the place that each element names and 0 elsewhere.</summary>
    public NDArray OneHot(int depth) => Call("one_hot", new OneHotParameters { Depth = depth });

    /// <summary>Arrays joined along an existing axis.</summary>
    public static NDArray Concat(ReadOnlySpan<NDArray> arrays, int axis = 0) =>
        Imperative.Call("Concat", new ConcatParameters { Count = arrays.Length, Dim = axis }, arrays);

    /// <summary>Arrays of one shape joined along a new axis.</summary>
    public static NDArray Stack(ReadOnlySpan<NDArray> arrays, int axis = 0) =>
        Imperative.Call("stack", new StackParameters { Count = arrays.Length, Axis = axis }, arrays);

    private NDArray Reduce(string name, long[]? axes, bool keepDims) =>
        Call(name, new ReductionParameters { Axis = axes ?? [], KeepDims = keepDims });
}
