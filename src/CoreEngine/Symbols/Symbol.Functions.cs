using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>The magnitude of every element.</summary>
    public Symbol Abs() => Call("abs", this);

    /// <summary>e to the power of every element.</summary>
    public Symbol Exp() => Call("exp", this);

    /// <summary>The natural logarithm of every element.</summary>
    public Symbol Log() => Call("log", this);

    /// <summary>The square root of every element.</summary>
    public Symbol Sqrt() => Call("sqrt", this);

    /// <summary>The square of every element.</summary>
    public Symbol Square() => Call("square", this);

    /// <summary>The hyperbolic tangent of every element.</summary>
    public Symbol Tanh() => Call("tanh", this);

    /// <summary>The logistic function of every element.</summary>
    public Symbol Sigmoid() => Call("sigmoid", this);

    /// <summary>Every element, or 0 where it is negative.</summary>
    public Symbol Relu() => Call("relu", this);

    /// <summary>Every element to a power.</summary>
    public Symbol Power(double exponent) => Scalar("_PowerScalar", this, exponent);

    /// <summary>Every element to the power of another array's, both of one shape.</summary>
    public Symbol Power(Symbol exponent) => Call("_Power", this, exponent);

    /// <summary>The larger of every element and a number.</summary>
    public Symbol Maximum(double bound) => Scalar("_MaximumScalar", this, bound);

    /// <summary>The larger of the elements of two arrays of one shape.</summary>
    public Symbol Maximum(Symbol other) => Call("_Maximum", this, other);

    /// <summary>The smaller of every element and a number.</summary>
    public Symbol Minimum(double bound) => Scalar("_MinimumScalar", this, bound);

    /// <summary>The smaller of the elements of two arrays of one shape.</summary>
    public Symbol Minimum(Symbol other) => Call("_Minimum", this, other);

    /// <summary>The sum over some axes; over all, to shape (1,), when none are given.</summary>
    /// <param name="axes">The axes to sum over; negative ones count from the end.</param>
    /// <param name="keepDims">Keep the summed axes with extent 1.</param>
    public Symbol Sum(long[]? axes = null, bool keepDims = false) =>
        With("sum", new ReductionParameters { Axis = axes ?? [], KeepDims = keepDims });

    /// <summary>The mean over some axes; over all, to shape (1,), when none are given.</summary>
    /// <inheritdoc cref="Sum"/>
    public Symbol Mean(long[]? axes = null, bool keepDims = false) =>
        With("mean", new ReductionParameters { Axis = axes ?? [], KeepDims = keepDims });

    /// <summary>The product of matrices; in general, of this array's last axis with the other's first.</summary>
    public Symbol Dot(Symbol other, bool transposeThis = false, bool transposeOther = false) =>
        Call("dot", new DotParameters { TransposeA = transposeThis, TransposeB = transposeOther }, [this, other]);

    /// <summary>The axes in another order; reversed when none is given.</summary>
    public Symbol Transpose(params long[] axes) => With("transpose", new TransposeParameters { Axes = axes });

    /// <summary>The elements in another shape; 0 keeps an extent, -1 is deduced, -2, -3 and -4 are as in MXNet.</summary>
    public Symbol Reshape(params long[] shape) => With("Reshape", new ReshapeParameters { Shape = shape });

    /// <summary>All axes but the first as one.</summary>
    public Symbol Flatten() => Call("Flatten", this);

    /// <summary>exp(x) / sum(exp(x)) along an axis.</summary>
    public Symbol Softmax(int axis = -1) => With("softmax", new SoftmaxParameters { Axis = axis });

    /// <summary>The logarithm of <see cref="Softmax"/>, without its loss of precision.</summary>
    public Symbol LogSoftmax(int axis = -1) => With("log_softmax", new SoftmaxParameters { Axis = axis });

    /// <summary>The same values, which no gradient flows through.</summary>
    public Symbol BlockGradient() => Call("BlockGrad", this);

    /// <summary>Arrays joined along an existing axis.</summary>
    public static Symbol Concat(ReadOnlySpan<Symbol> arrays, int axis = 1, string? name = null) =>
        Call("Concat", new ConcatParameters { Dim = axis }, arrays, name);

    /// <summary>The array in equal parts along an axis, as a symbol with that many outputs.</summary>
    public Symbol Split(int parts, int axis = 1, bool squeeze = false, string? name = null) =>
        With(
            "SliceChannel",
            new SliceChannelParameters
            {
                Count = parts,
                Axis = axis,
                Squeeze = squeeze,
            },
            name
        );

    private Symbol With(string operatorName, IParameters parameters, string? name = null) =>
        Call(operatorName, parameters, [this], name);
}
