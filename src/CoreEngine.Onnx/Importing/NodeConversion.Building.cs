using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Onnx;

/// <summary>What conversions are made of: calls of operators that keep ONNX's extents and types.</summary>
internal sealed partial class NodeConversion
{
    /// <summary>Calls an operator and gives its first output with the extents that the graph has.</summary>
    public OnnxValue Call(
        string name,
        ReadOnlySpan<OnnxValue> arguments,
        params ReadOnlySpan<(string, string)> attributes
    ) => CallAll(name, arguments, attributes)[0];

    /// <summary>Calls an operator and gives its visible outputs with the extents that the graph has.</summary>
    public OnnxValue[] CallAll(
        string name,
        ReadOnlySpan<OnnxValue> arguments,
        params ReadOnlySpan<(string Key, string Text)> attributes
    )
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string text) in attributes)
        {
            texts.Add(key, text);
        }

        return builder.Call(node.Title, OperatorRegistry.Default[name].Bind(texts), arguments);
    }

    /// <summary>Calls an operator that changes neither extents nor type.</summary>
    public OnnxValue Map(string name, OnnxValue x, params ReadOnlySpan<(string, string)> attributes) =>
        Call(name, [x], attributes).As(x.ElementType, x.Dims);

    /// <summary>Calls a layer that changes neither extents nor type of its first input.</summary>
    public OnnxValue Layer(
        string name,
        OnnxValue x,
        ReadOnlySpan<OnnxValue> parameters,
        params ReadOnlySpan<(string, string)> attributes
    ) => Call(name, [x, .. parameters], attributes).As(x.ElementType, x.Dims);

    /// <summary>The same value, computed at once when it depends on nothing but constants.</summary>
    public OnnxValue Folded(OnnxValue x) =>
        builder.Evaluate(x, takeInputs: false) is { } tensor ? OnnxValue.Of(tensor) : x;

    /// <summary>Calls the form of a binary operator that takes a number: <c>plus</c>, <c>rminus</c>, <c>power</c> ...</summary>
    public OnnxValue WithScalar(string name, OnnxValue x, double scalar) =>
        Map($"_{name}_scalar", x, ("scalar", Number(scalar)));

    /// <summary>x + number.</summary>
    public OnnxValue Plus(OnnxValue x, double number) => WithScalar("plus", x, number);

    /// <summary>x * number.</summary>
    public OnnxValue Times(OnnxValue x, double number) => WithScalar("mul", x, number);

    public OnnxValue Add(OnnxValue a, OnnxValue b) => Binary("add", a, b);

    public OnnxValue Subtract(OnnxValue a, OnnxValue b) => Binary("sub", a, b);

    public OnnxValue Multiply(OnnxValue a, OnnxValue b) => Binary("mul", a, b);

    public OnnxValue Divide(OnnxValue a, OnnxValue b) => Binary("div", a, b);

    /// <summary>Calls a binary operator with NumPy's broadcasting.</summary>
    /// <param name="name">The part of the name that all forms share: <c>add</c>, <c>maximum</c>, <c>equal</c> ...</param>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand, of the same type.</param>
    public OnnxValue Binary(string name, OnnxValue a, OnnxValue b)
    {
        if (a.ElementType != b.ElementType)
            throw Wrong($"it takes {a} and {b}, which differ in type");
        long[] dims = BroadcastDims(a.Dims, b.Dims);
        if (
            b.Constant is { Count: 1 } scalar
            && a.ElementType.IsFloat()
            && dims.Length == a.Rank
            && ScalarName(name) is { } form
        )
        {
            return WithScalar(form, a, scalar.ToDoubles()[0]);
        }

        OnnxValue left = Align(a, dims.Length);
        OnnxValue right = Align(b, dims.Length);
        bool isSame = left.Shape == right.Shape;
        string full =
            !isSame ? "broadcast_" + name
            : name is "add" or "sub" or "mul" or "div" ? "elemwise_" + name
            : "_" + name;
        return Call(full, [left, right]).As(a.ElementType, dims);
    }

    /// <summary>Compares with NumPy's broadcasting; gives truth values.</summary>
    public OnnxValue Compare(string name, OnnxValue a, OnnxValue b) => ToBool(Binary(name, a, b));

    /// <summary>0 and 1 of any type as truth values.</summary>
    public OnnxValue ToBool(OnnxValue x) =>
        x.ElementType == OnnxElementType.UInt8
            ? x.As(OnnxElementType.Bool, x.Dims)
            : Cast(x, OnnxElementType.UInt8).As(OnnxElementType.Bool, x.Dims);

    /// <summary>Another element type, converted as the engine does; a number that is not 0 is true.</summary>
    public OnnxValue Cast(OnnxValue x, OnnxElementType type)
    {
        DType dtype = type.ToDType();
        if (dtype == DType.None)
            throw Unsupported($"{type} has no counterpart among the element types of arrays");
        if (x.ElementType == type)
            return x;
        if (x.Constant is not null)
            return OnnxValue.Of(TensorCast.To(x.Constant, type));
        if (type == OnnxElementType.Bool && x.ElementType != OnnxElementType.Bool)
            return Cast(Map("_not_equal_scalar", x, ("scalar", "0")), OnnxElementType.UInt8).As(type, x.Dims);
        return x.ElementType.ToDType() == dtype && x.ElementType.ItemSize() == type.ItemSize()
            ? x.As(type, x.Dims)
            : Call("Cast", [x], ("dtype", dtype.Name())).As(type, x.Dims);
    }

    /// <summary>Other extents for the same elements in the same order.</summary>
    public OnnxValue Reshape(OnnxValue x, params long[] dims)
    {
        if (x.Constant is not null || x.Shape == OnnxValue.GraphShape(dims))
            return x.As(x.ElementType, dims);
        return Call("Reshape", [x], ("shape", Tuple(dims.Length == 0 ? [1] : dims))).As(x.ElementType, dims);
    }

    /// <summary>Another order of the axes.</summary>
    public OnnxValue Transpose(OnnxValue x, params long[] axes)
    {
        bool isSame = true;
        for (int i = 0; i < axes.Length; i++)
        {
            isSame &= axes[i] == i;
        }

        return isSame
            ? x
            : Call("transpose", [x], ("axes", Tuple(axes))).As(x.ElementType, [.. axes.Select(axis => x.Dims[axis])]);
    }

    /// <summary>Moves one axis to another place.</summary>
    public OnnxValue MoveAxis(OnnxValue x, int from, int to)
    {
        List<long> axes = [.. Enumerable.Range(0, x.Rank).Select(axis => (long)axis)];
        axes.RemoveAt(from);
        axes.Insert(to, from);
        return Transpose(x, [.. axes]);
    }

    /// <summary>Repeats elements along axes of extent 1, and adds axes in front, until the extents are these.</summary>
    public OnnxValue Expand(OnnxValue x, long[] dims)
    {
        OnnxValue aligned = Align(x, dims.Length);
        return aligned.Shape == OnnxValue.GraphShape(dims)
            ? aligned.As(x.ElementType, dims)
            : Call("broadcast_to", [aligned], ("shape", Tuple(dims))).As(x.ElementType, dims);
    }

    /// <summary>Elements of <paramref name="x"/> where the condition holds, of <paramref name="y"/> elsewhere.</summary>
    public OnnxValue Where(OnnxValue condition, OnnxValue x, OnnxValue y)
    {
        long[] dims = BroadcastDims(BroadcastDims(condition.Dims, x.Dims), y.Dims);
        return Call("where", [Expand(condition, dims), Expand(x, dims), Expand(y, dims)]).As(x.ElementType, dims);
    }

    /// <summary>Joins tensors along an axis.</summary>
    public OnnxValue Concat(ReadOnlySpan<OnnxValue> parts, int axis)
    {
        if (parts.Length == 1)
            return parts[0];
        long[] dims = [.. parts[0].Dims];
        dims[axis] = 0;
        foreach (OnnxValue part in parts)
        {
            dims[axis] += part.Dims[axis];
        }

        return Call("Concat", parts, ("num_args", Number(parts.Length)), ("dim", Number(axis)))
            .As(parts[0].ElementType, dims);
    }

    /// <summary>
    /// Every <paramref name="step"/>th element from <paramref name="begin"/> up to, not including, <paramref name="end"/>
    /// of one axis.
    /// </summary>
    public OnnxValue SliceAxis(OnnxValue x, int axis, long begin, long end, long step = 1)
    {
        if (begin == 0 && end == x.Dims[axis] && step == 1)
            return x;
        long[] dims = [.. x.Dims];
        dims[axis] = (end - begin + step - 1) / step;
        if (step == 1)
        {
            return Call("slice_axis", [x], ("axis", Number(axis)), ("begin", Number(begin)), ("end", Number(end)))
                .As(x.ElementType, dims);
        }

        string[] before = [.. Enumerable.Repeat("None", x.Rank)];
        string[] behind = [.. before];
        string[] steps = [.. Enumerable.Repeat("1", x.Rank)];
        (before[axis], behind[axis], steps[axis]) = (Number(begin), Number(end), Number(step));
        return Call(
                "slice",
                [x],
                ("begin", Tuple<string>(before)),
                ("end", Tuple<string>(behind)),
                ("step", Tuple<string>(steps))
            )
            .As(x.ElementType, dims);
    }

    /// <summary>Reduces over axes: <c>sum</c>, <c>mean</c>, <c>max</c>, <c>min</c>, <c>prod</c>.</summary>
    public OnnxValue Reduce(string name, OnnxValue x, ReadOnlySpan<int> axes, bool keepDims)
    {
        var kept = new List<long>();
        for (int i = 0; i < x.Rank; i++)
        {
            if (!axes.Contains(i))
                kept.Add(x.Dims[i]);
            else if (keepDims)
                kept.Add(1);
        }

        if (axes.Length == 0)
            return x;
        OnnxValue reduced = Call(name, [x], ("axis", Tuple(axes)), ("keepdims", keepDims ? "True" : "False"));
        return reduced.As(x.ElementType, [.. kept]);
    }

    /// <summary>A tensor that is known now.</summary>
    public static OnnxValue Constant<T>(ReadOnlySpan<T> values, OnnxElementType type, params long[] dims)
        where T : unmanaged => OnnxValue.Of(OnnxTensor.From(values, type, dims));

    /// <summary>One number as a tensor without axes.</summary>
    public OnnxValue Scalar(double value, OnnxElementType type) => Filled(value, type, []);

    /// <summary>A tensor of one number throughout.</summary>
    public OnnxValue Filled(double value, OnnxElementType type, long[] dims)
    {
        double[] values = New<double>(dims);
        Array.Fill(values, value);
        return Cast(Constant<double>(values, OnnxElementType.Double, dims), type);
    }

    /// <summary>Memory for a constant that a model does not hold but asks for.</summary>
    /// <param name="extents">The product of these is the number of elements.</param>
    /// <exception cref="OnnxUnsupportedException">It is more than any model needs.</exception>
    public T[] New<T>(params ReadOnlySpan<long> extents)
    {
        long count = 1;
        foreach (long extent in extents)
        {
            count *= extent;
            if (count is < 0 or > GraphBuilder.MostConstantElements)
                throw Unsupported($"a constant of {string.Join(" x ", extents.ToArray())} elements is too large");
        }

        return new T[count];
    }

    /// <summary>The extents of operands that are broadcast against each other.</summary>
    public long[] BroadcastDims(long[] a, long[] b)
    {
        long[] dims = new long[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= dims.Length; i++)
        {
            long left = i <= a.Length ? a[^i] : 1;
            long right = i <= b.Length ? b[^i] : 1;
            if (left != right && left != 1 && right != 1)
                throw Wrong($"[{string.Join(",", a)}] and [{string.Join(",", b)}] cannot be broadcast to each other");
            dims[^i] = left == 1 ? right : left;
        }

        return dims;
    }

    /// <summary>An axis counted from the start.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Wrong($"there is no axis {axis} among {rank}");

    /// <summary>Axes counted from the start, in the order given.</summary>
    public int[] Axes(ReadOnlySpan<long> axes, int rank)
    {
        int[] result = new int[axes.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Axis(axes[i], rank);
        }

        return result.Distinct().Count() == result.Length ? result : throw Wrong("an axis is named twice");
    }

    /// <summary>A number as attributes write it.</summary>
    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "inf"
        : double.IsNegativeInfinity(value) ? "-inf"
        : double.IsNaN(value) ? "nan"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A tuple as attributes write it.</summary>
    public static string Tuple<T>(ReadOnlySpan<T> items) =>
        items.Length == 1 ? $"({items[0]},)" : $"({string.Join(", ", items.ToArray())})";

    /// <inheritdoc cref="Tuple{T}(ReadOnlySpan{T})"/>
    public static string Tuple(params long[] items) => Tuple<long>(items);

    /// <summary>The same elements with axes of extent 1 in front.</summary>
    private OnnxValue Align(OnnxValue x, int rank) =>
        x.Rank >= rank ? x : Reshape(x, [.. Enumerable.Repeat(1L, rank - x.Rank), .. x.Dims]);

    private static string? ScalarName(string name) =>
        name switch
        {
            "add" => "plus",
            "sub" => "minus",
            "mul" or "div" or "power" or "maximum" or "minimum" => name,
            _ => null,
        };
}
